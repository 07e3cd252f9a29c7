"""Reads lists and members; the calls are the same in both products (facts A.7, C.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from cxr_tui.domain.errors import NotFoundError
from cxr_tui.domain.responsys_data import ListSchema
from cxr_tui.gateways.rest import response_models as read
from cxr_tui.gateways.rest.error_mapping import RECORD_NOT_FOUND
from cxr_tui.gateways.rest.session import ApiSession

QUERY_ATTRIBUTES = {
    "RIID_": "r",
    "EMAIL_ADDRESS_": "e",
    "CUSTOMER_ID_": "c",
    "MOBILE_NUMBER_": "m",
    "EMAIL_MD5_HASH_": "e_md5",
    "EMAIL_SHA256_HASH_": "e_sha256",
}
"""The value of `qa` for each column that members can be looked up by (facts A.7; documented)."""


class ListSession(ApiSession):
    """A session that reads lists and their members."""

    async def lists(self) -> tuple[ListSchema, ...]:
        """Return the lists that this user can see, with columns; NoAccessError without List Web Services Manager."""
        return await self.get("/lists", read.list_schemas)

    async def member(
        self, list_name: str, column: str, value: str, fields: Sequence[str] = ()
    ) -> Mapping[str, str] | None:
        """Return a member's values by column name, of all columns if `fields` is empty; None: no such member.

        Raises ValueError for a column without a look-up, NotFoundError for the list.
        """
        if column not in QUERY_ATTRIBUTES:
            raise ValueError(f"members cannot be looked up by {column}")
        query = {"qa": QUERY_ATTRIBUTES[column], "id": value, "fs": ",".join(fields) or "all"}
        try:
            return await self.get(f"/lists/{quote(list_name, safe='')}/members", read.member, query)
        except NotFoundError as error:
            if error.code == RECORD_NOT_FOUND:
                return None
            raise
