"""Merging records into a list as POST /lists/{list}/members does it (facts A.8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys import refusals
from cxr_tui.sandbox.responsys.refusals import ApiRefusalError

MAX_RECORDS = 200
"""Records one call may carry (facts A.7; documented)."""

_CHANNELS = {"E": "EMAIL_ADDRESS_", "M": "MOBILE_NUMBER_", "P": "POSTAL_STREET_1_"}
_PERMISSIONS = ("EMAIL_PERMISSION_STATUS_", "MOBILE_PERMISSION_STATUS_", "POSTAL_PERMISSION_STATUS_")


class _RecordError(Exception):
    """One record cannot be merged; the others can."""


def too_many_records() -> ApiRefusalError:
    """Refuse: more records than one call may carry (facts A.5; code documented)."""
    return ApiRefusalError(
        400, "RECIPIENT_LIMIT_EXCEEDED", "Recipient limit exceeded", f"At most {MAX_RECORDS} records are allowed."
    )


def merged(table: ListTable, body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Merge and return the answer's body: RIIDs in the order of the records, the merge rule echoed (facts A.8).

    A record that cannot be merged does not fail the call: its row says `MERGEFAILED` (facts A.8; observed).
    """
    names, records = _record_data(body, table)
    rule = body.get("mergeRule")
    if not isinstance(rule, dict):
        raise refusals.invalid_parameter("mergeRule is required")
    merge = _Merge(table, rule, names, now)
    results = []
    for number, record in enumerate(records):
        try:
            results.append([merge.record(record)])
        except _RecordError as error:
            results.append([f"MERGEFAILED: Record {number} = {error}\r\n"])
    return {"recordData": {"fieldNames": ["RIID_"], "records": results, "mapTemplateName": None}, "mergeRule": rule}


class _Merge:
    """One call's merge rule applied to one list."""

    def __init__(self, table: ListTable, rule: Mapping[str, Any], names: list[str], now: datetime) -> None:
        self._table = table
        self._rule = rule
        self._names = names
        self._now = now
        self._types = dict(table.columns)
        self._match = [
            str(rule[key]) for key in ("matchColumnName1", "matchColumnName2", "matchColumnName3") if rule.get(key)
        ]
        if not self._match:
            raise refusals.invalid_parameter("matchColumnName1 is required")
        for column in self._match:
            if column not in ("RIID_", *MATCH_COLUMNS):
                raise refusals.invalid_parameter(f"{column} is not a valid match column")
            if column not in names:
                raise refusals.invalid_parameter(f"{column} is a match column and missing in fieldNames")

    def record(self, record: list[str | None]) -> str:
        """Merge one record and return its RIID_."""
        values = {name: self._value(name, value) for name, value in zip(self._names, record, strict=True)}
        for channel in str(self._rule.get("rejectRecordIfChannelEmpty") or "").split(","):
            column = _CHANNELS.get(channel.strip())
            if column and not values.get(column):
                raise _RecordError(f"{column} is empty")
        found = self._found(values)
        if found is None:
            if not self._rule.get("insertOnNoMatch"):
                raise _RecordError("no match, and insertOnNoMatch is false")
            return self._table.insert({name: v for name, v in self._new(values).items() if name != "RIID_"}, self._now)
        if self._rule.get("updateOnMatch", "NO_UPDATE") == "REPLACE_ALL":
            self._table.update(found, {name: v for name, v in values.items() if name != "RIID_"}, self._now)
        return found

    def _found(self, values: Mapping[str, str]) -> str | None:
        """Return the RIID_ of the one record that agrees in all match columns (matchOperator AND or NONE)."""
        first, *others = self._match
        if not values[first]:
            raise _RecordError(f"match field {first} cannot be empty")
        rows = [row for row in self._table.find(first, values[first]) if all(row[one] == values[one] for one in others)]
        if len(rows) > 1:
            raise _RecordError("Multiple recipients found")
        return rows[0]["RIID_"] if rows else None

    def _new(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return a new record's values with the default permission, opted out where none is named (facts A.8)."""
        default = "I" if self._rule.get("defaultPermissionStatus") == "OPTIN" else "O"
        wanted = {column: default for column in _PERMISSIONS if column in self._types and not values.get(column)}
        return {**values, **wanted}

    def _value(self, name: str, value: str | None) -> str:
        text = "" if value is None else str(value).strip()
        kind = self._types[name]
        if text and kind in ("INTEGER", "NUMBER"):
            try:
                int(text) if kind == "INTEGER" else float(text)
            except ValueError:
                raise _RecordError(f'The value "{text}" is not valid for the field type {kind}') from None
        if name in _PERMISSIONS:
            words = {str(self._rule.get("optinValue", "I")): "I", str(self._rule.get("optoutValue", "O")): "O"}
            text = words.get(text, text)
        elif name == "EMAIL_FORMAT_":
            words = {str(self._rule.get("htmlValue", "H")): "H", str(self._rule.get("textValue", "T")): "T"}
            text = words.get(text, text)
        return text[: _length(kind)]  # over-long values are cut (facts B.7; documented for loads)


def _length(kind: str) -> int | None:
    if kind == "CHAR":
        return 1
    return int(kind[3:]) if kind.startswith("STR") and kind[3:].isdigit() else None


def _record_data(body: Mapping[str, Any], table: ListTable) -> tuple[list[str], list[list[str | None]]]:
    data = body.get("recordData")
    if (
        not isinstance(data, dict)
        or not isinstance(data.get("fieldNames"), list)
        or not isinstance(data.get("records"), list)
    ):
        raise refusals.invalid_parameter("recordData needs fieldNames and records")
    names = [str(name) for name in data["fieldNames"]]
    known = {name for name, _ in table.columns}
    for name in names:
        if name not in known:
            raise refusals.invalid_field(name)
    if len(data["records"]) > MAX_RECORDS:
        raise too_many_records()
    for record in data["records"]:
        if not isinstance(record, list) or len(record) != len(names):
            raise refusals.invalid_parameter("every record needs one value for each field name")
    return names, data["records"]
