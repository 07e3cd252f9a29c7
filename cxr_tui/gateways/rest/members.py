"""One member of a list by match column; the call is the same in both products (facts A.7, C.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from cxr_tui.domain.errors import NotFoundError
from cxr_tui.gateways.rest import response_models as read
from cxr_tui.gateways.rest.error_mapping import RECORD_NOT_FOUND
from cxr_tui.gateways.rest.session import API, ApiSession

QUERY_ATTRIBUTES = {
    "RIID_": "r",
    "EMAIL_ADDRESS_": "e",
    "CUSTOMER_ID_": "c",
    "MOBILE_NUMBER_": "m",
    "EMAIL_MD5_HASH_": "e_md5",
    "EMAIL_SHA256_HASH_": "e_sha256",
}
"""What `qa` is for each column that a member can be asked for by (facts A.7; documented)."""


async def find_member(
    session: ApiSession, list_name: str, column: str, value: str, fields: Sequence[str]
) -> Mapping[str, str] | None:
    """Return a member's values by column name, all columns where `fields` is empty; None where there is no such member.

    Raises ValueError for a column that the products cannot be asked by, NotFoundError where the list does not exist.
    """
    if column not in QUERY_ATTRIBUTES:
        raise ValueError(f"members cannot be asked for by {column}")
    path = f"{API}/lists/{quote(list_name, safe='')}/members"
    query = {"qa": QUERY_ATTRIBUTES[column], "id": value, "fs": ",".join(fields) or "all"}
    try:
        return await session.get(path, read.member, query)
    except NotFoundError as error:
        if error.code == RECORD_NOT_FOUND:
            return None
        raise
