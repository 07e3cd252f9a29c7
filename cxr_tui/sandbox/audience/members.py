"""Reading members of a list by REST: query attributes, field lists, and the answer's shape (facts A.7, C.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cxr_tui.sandbox.audience.auth import ApiError
from cxr_tui.sandbox.lists import ListTable

_QUERY_ATTRIBUTES = {
    "r": "RIID_",
    "c": "CUSTOMER_ID_",
    "e": "EMAIL_ADDRESS_",
    "m": "MOBILE_NUMBER_",
    "e_md5": "EMAIL_MD5_HASH_",
    "e_sha256": "EMAIL_SHA256_HASH_",
}


def find(table: ListTable, attribute: str, value: str) -> list[dict[str, str]]:
    """Return the members with this value, at least one; ApiError RECORD_NOT_FOUND (404, inferred)."""
    rows = table.find(_column(attribute), value)
    if not rows:
        raise ApiError(404, "RECORD_NOT_FOUND", "Record not found", "No records found for id")
    return rows


def find_many(table: ListTable, body: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the members that a bulk request names; ids that nobody has are left out (inferred)."""
    ids = body.get("ids")
    if not isinstance(ids, list) or not all(isinstance(one, str | int) for one in ids):
        raise ApiError(400, "INVALID_PARAMETER", "Invalid request parameters", "ids must be an array")
    if len(ids) > 200:
        raise ApiError(400, "RECORD_LIMIT_EXCEEDED", "Record limit exceeded", "at most 200 records in one call")
    column = _column(str(body.get("queryAttribute", "")))
    return [row for one in ids for row in table.find(column, str(one))]


def field_list(body: Mapping[str, Any]) -> str:
    """Return the field list of a bulk request in the form of the `fs` parameter."""
    fields = body.get("fieldList")
    return ",".join(str(one) for one in fields) if isinstance(fields, list) and fields else "all"


def record_data(
    table: ListTable, rows: Sequence[Mapping[str, str]], fields: str, link: Mapping[str, str]
) -> dict[str, Any]:
    """Return the answer for these rows with the named fields (comma list or `all`); ApiError INVALID_FIELD_NAME."""
    known = [name for name, _ in table.columns]
    names = known if fields.strip().lower() == "all" else [one.strip().upper() for one in fields.split(",")]
    for name in names:
        if name not in known:
            raise ApiError(400, "INVALID_FIELD_NAME", "Invalid field name", f"{name} is not a field of {table.name}")
    return {
        "recordData": {
            "fieldNames": names,
            "records": [[row[name] for name in names] for row in rows],
            "mapTemplateName": None,
        },
        "mergeRule": None,
        "links": [dict(link)],
    }


def _column(attribute: str) -> str:
    if attribute not in _QUERY_ATTRIBUTES:
        raise ApiError(
            400,
            "INVALID_PARAMETER",
            "Invalid request parameters",
            f"the query attribute must be one of {', '.join(_QUERY_ATTRIBUTES)}",
        )
    return _QUERY_ATTRIBUTES[attribute]
