"""Merging members by REST: up to 200 records under a merge rule, each with an outcome of its own (facts A.8, C.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cxr_tui.sandbox.audience.auth import ApiError
from cxr_tui.sandbox.audience.cell_types import fitted, takes
from cxr_tui.sandbox.lists import ListTable

_MOST_RECORDS = 200
_MATCH = (
    "RIID_",
    "CUSTOMER_ID_",
    "EMAIL_ADDRESS_",
    "MOBILE_NUMBER_",
    "EMAIL_MD5_HASH_",
    "EMAIL_SHA256_HASH_",
)


def merge(table: ListTable, body: Mapping[str, Any], now: datetime, link: Mapping[str, str]) -> dict[str, Any]:
    """Insert or update the records and answer with a RIID_ or a reason a record, in input order.

    A record that fails does not fail the call (facts A.8; observed). ApiError for a request that cannot be read.
    """
    names, records = _record_data(table, body)
    rule = body.get("mergeRule")
    if not isinstance(rule, dict):
        raise _invalid("mergeRule is missing")
    match = [str(rule[f"matchColumnName{n}"]) for n in (1, 2, 3) if rule.get(f"matchColumnName{n}")]
    if not match or any(column not in _MATCH for column in match):
        raise _invalid(f"matchColumnName must be one of {', '.join(_MATCH)}")
    if any(column not in names for column in match):
        raise _invalid("a match column is not among fieldNames")
    answers = [[_merge_one(table, place, names, record, rule, match, now)] for place, record in enumerate(records)]
    return {
        "mergeRule": rule,
        "recordData": {"fieldNames": ["RIID_"], "records": answers, "mapTemplateName": None},
        "links": [dict(link)],
    }


def _merge_one(
    table: ListTable,
    place: int,
    names: Sequence[str],
    record: Sequence[object],
    rule: Mapping[str, Any],
    match: Sequence[str],
    now: datetime,
) -> str:
    if len(record) != len(names):
        return f"MERGEFAILED: Record {place} = INVALID DATA FORMAT\r\n"
    kinds = dict(table.columns)
    values = {
        name: fitted(kinds[name], "" if cell is None else str(cell)) for name, cell in zip(names, record, strict=True)
    }
    for name, text in values.items():
        if not takes(name, kinds[name], text):
            wrong = f'The value "{text}" is not valid for the field type {kinds[name]}'
            return f"MERGEFAILED: Record {place} = {wrong}\r\n"
    if not all(values[column] for column in match):
        return f"MERGEFAILED: Record {place} = match field cannot be empty\r\n"
    found = [row for row in table.find(match[0], values[match[0]]) if _same(row, values, match)]
    if found and rule.get("updateOnMatch") == "REPLACE_ALL":
        table.update(found[0]["RIID_"], values, now)
        return found[0]["RIID_"]
    if not found and rule.get("insertOnNoMatch") is True and "RIID_" not in match:
        if not values.get("EMAIL_PERMISSION_STATUS_") and "EMAIL_PERMISSION_STATUS_" in kinds:
            # the default of the rule is OPTOUT (facts A.8; documented)
            values["EMAIL_PERMISSION_STATUS_"] = "I" if rule.get("defaultPermissionStatus") == "OPTIN" else "O"
        return table.insert(values, now)
    return f"MERGEFAILED: Record {place} = NOT UPDATED PER MERGE RULE\r\n"


def _same(row: Mapping[str, str], values: Mapping[str, str], match: Sequence[str]) -> bool:
    return all(row[column].casefold() == values[column].casefold() for column in match)


def _record_data(table: ListTable, body: Mapping[str, Any]) -> tuple[list[str], list[list[object]]]:
    data = body.get("recordData")
    names = data.get("fieldNames") if isinstance(data, dict) else None
    records = data.get("records") if isinstance(data, dict) else None
    if not isinstance(names, list) or not isinstance(records, list) or not all(isinstance(r, list) for r in records):
        raise _invalid("recordData must hold fieldNames and records")
    if len(records) > _MOST_RECORDS:
        raise ApiError(400, "RECORD_LIMIT_EXCEEDED", "Record limit exceeded", "at most 200 records in one call")
    known = dict(table.columns)
    for name in names:
        if name not in known:
            raise ApiError(400, "INVALID_FIELD_NAME", "Invalid field name", f"{name} is not a field of {table.name}")
    return [str(name) for name in names], records


def _invalid(detail: str) -> ApiError:
    return ApiError(400, "INVALID_PARAMETER", "Invalid request parameters", detail)
