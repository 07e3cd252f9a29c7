"""Members of profile lists: look-up, count, merge, removal."""

from __future__ import annotations

from typing import Any

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys import merge, permissions, refusals
from cxr_tui.sandbox.responsys.access import Call, Endpoint
from cxr_tui.sandbox.responsys.rest_lists import visible_list
from cxr_tui.sandbox.responsys.state import Account

QUERY_ATTRIBUTES = {
    "r": "RIID_",
    "e": "EMAIL_ADDRESS_",
    "c": "CUSTOMER_ID_",
    "m": "MOBILE_NUMBER_",
    "e_md5": "EMAIL_MD5_HASH_",
    "e_sha256": "EMAIL_SHA256_HASH_",
}
"""Values of `qa` (facts A.7; documented)."""

DELETE_AT_ONCE = 10
"""Members that one DELETE with a query attribute removes at most (API description; documented)."""


class MemberCalls:
    """Reads and changes members; needs List Web Services Manager."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock

    def endpoints(self) -> list[Endpoint]:
        """Return the calls under `/rest/api/v1.3`; `count` stands before the RIID that it would match."""
        return [
            (permissions.COUNT, self.count),
            (permissions.MEMBERS, self.members),
            (permissions.MEMBER, self.member),
            (permissions.MERGE, self.post),
            (permissions.DELETE_MEMBERS, self.delete_members),
            (permissions.DELETE_MEMBER, self.delete_member),
        ]

    async def count(self, call: Call) -> dict[str, Any]:
        """Count members, all of them where no query attribute is given."""
        table = self._table(call)
        found = len(self._asked(call, table)) if call.query("qa") else len(table)
        return {"count": found, "links": [call.link()]}

    async def members(self, call: Call) -> dict[str, Any]:
        """Return the members with one value in a match column."""
        table = self._table(call)
        return self._records(call, table, self._asked(call, table), _field_names(table, call.query("fs")))

    async def member(self, call: Call) -> dict[str, Any]:
        """Return one member by RIID."""
        table = self._table(call)
        return self._records(call, table, table.find("RIID_", call.path("riid")), _field_names(table, call.query("fs")))

    async def post(self, call: Call) -> dict[str, Any]:
        """Merge members, or read or delete many of them, as `action` says."""
        table = self._table(call)
        body = await call.json()
        match call.query("action"):
            case "":
                return {**merge.merged(table, body, self._clock.now()), "links": [call.link()]}
            case "get":
                wanted = ",".join(_flat(body.get("fieldList"), "fieldList"))
                found = [row for value in self._ids(body) for row in self._find(table, body, value)]
                return self._records(call, table, found, _field_names(table, wanted))
            case "delete":
                riids = [self._delete_one(table, body, value) for value in self._ids(body)]
                return _answer(call, ["RIID_"], [[riid] for riid in riids])
            case other:
                raise refusals.invalid_parameter(f"{other} is not a valid action")

    async def delete_members(self, call: Call) -> dict[str, Any]:
        """Delete up to ten members by a value of a match column."""
        table = self._table(call)
        found = self._asked(call, table)
        if not found:
            raise refusals.record_not_found()
        gone = found[:DELETE_AT_ONCE]
        for row in gone:
            table.delete(row["RIID_"])
        remaining = len(found) - len(gone)
        return {
            "recordData": _record_data(["RIID_"], [[row["RIID_"]] for row in gone]),
            "totalMatchedRecords": len(found),
            "remainingRecordCount": remaining,
            "hasMoreRecords": remaining > 0,
            "links": [call.link()],
        }

    async def delete_member(self, call: Call) -> dict[str, Any]:
        """Delete one member by RIID."""
        table = self._table(call)
        riid = call.path("riid")
        if not table.find("RIID_", riid):
            raise refusals.record_not_found()
        table.delete(riid)
        return _answer(call, ["RIID_"], [[riid]])

    def _table(self, call: Call) -> ListTable:
        return visible_list(self._account, call.user, call.path("listName"))

    def _asked(self, call: Call, table: ListTable) -> list[dict[str, str]]:
        column = _column(call.query("qa"))
        if not call.query("id"):
            raise refusals.invalid_parameter("id is required")
        return table.find(column, call.query("id"))

    def _ids(self, body: dict[str, Any]) -> list[str]:
        ids = _flat(body.get("ids"), "ids")
        if len(ids) > merge.MAX_RECORDS:
            raise merge.too_many_records()
        return ids

    def _find(self, table: ListTable, body: dict[str, Any], value: str) -> list[dict[str, str]]:
        return table.find(_column(body.get("queryAttribute")), value)

    def _delete_one(self, table: ListTable, body: dict[str, Any], value: str) -> str:
        found = self._find(table, body, value)
        if not found:
            return "DELETEFAILED: Record not found"  # the form of a merge failure (inferred)
        for row in found:
            table.delete(row["RIID_"])
        return found[0]["RIID_"]

    def _records(self, call: Call, table: ListTable, rows: list[dict[str, str]], names: list[str]) -> dict[str, Any]:
        if not rows:
            raise refusals.record_not_found()
        return _answer(call, names, [[row[name] for name in names] for row in rows])


def _column(attribute: object) -> str:
    if not isinstance(attribute, str) or attribute not in QUERY_ATTRIBUTES:
        raise refusals.invalid_parameter(f"{attribute} is not a valid query attribute")
    return QUERY_ATTRIBUTES[attribute]


def _field_names(table: ListTable, wanted: str) -> list[str]:
    """Return the columns to answer with: all where none are named (inferred); INVALID_FIELD_NAME."""
    known = [name for name, _ in table.columns]
    if wanted in ("", "all"):
        return known
    names = [name.strip() for name in wanted.split(",")]
    for name in names:
        if name not in known:
            raise refusals.invalid_field(name)
    return names


def _flat(value: object, name: str) -> list[str]:
    """Return a list of texts; the API's model nests each in a list of its own, samples do not (facts A.7)."""
    if not isinstance(value, list):
        raise refusals.invalid_parameter(f"{name} should be an array")
    return [str(part) for one in value for part in (one if isinstance(one, list) else [one])]


def _record_data(names: list[str], records: list[list[str]]) -> dict[str, Any]:
    return {"fieldNames": names, "records": records, "mapTemplateName": None}


def _answer(call: Call, names: list[str], records: list[list[str]]) -> dict[str, Any]:
    # mergeRule is null in answers that merge nothing (facts A.7; documented sample).
    return {"recordData": _record_data(names, records), "mergeRule": None, "links": [call.link()]}
