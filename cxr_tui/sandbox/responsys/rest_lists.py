"""Profile lists: names, columns, profile extensions."""

from __future__ import annotations

from typing import Any

from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys import permissions, refusals
from cxr_tui.sandbox.responsys.access import Call, Endpoint
from cxr_tui.sandbox.responsys.state import Account, User


def visible_list(account: Account, user: User, name: str) -> ListTable:
    """Return a list; LIST_NOT_FOUND (case matters), INSUFFICIENT_ACCESS outside the user's organization."""
    if name not in account.lists:
        raise refusals.list_not_found(name)
    if not account.sees(user, name):
        raise refusals.insufficient_access(f"{name}: the object is outside of your organization")
    return account.lists[name]


def fields(table: ListTable) -> list[dict[str, str]]:
    """Return columns as the API names them."""
    return [{"fieldName": name, "fieldType": kind} for name, kind in table.columns]


class ListCalls:
    """Reads profile lists; needs List Web Services Manager."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def endpoints(self) -> list[Endpoint]:
        """Return the calls under `/rest/api/v1.3`."""
        return [
            (permissions.LISTS, self.lists),
            (permissions.LIST_FIELDS, self.list_fields),
            (permissions.EXTENSIONS, self.extensions),
        ]

    async def lists(self, call: Call) -> list[dict[str, Any]]:
        """Return the lists of the caller's organization, as a bare array (facts A.7; documented sample)."""
        visible = (table for name, table in self._account.lists.items() if self._account.sees(call.user, name))
        return [self._schema(table) for table in visible]

    async def list_fields(self, call: Call) -> dict[str, Any]:
        """Return one list with its columns."""
        return self._schema(visible_list(self._account, call.user, call.path("listName")))

    async def extensions(self, call: Call) -> dict[str, Any]:
        """Return the profile extension tables of a list."""
        table = visible_list(self._account, call.user, call.path("listName"))
        return {
            "items": [
                {
                    "profileExtension": {"objectName": extension.name, "folderName": extension.folder},
                    "fields": fields(extension),
                }
                for extension in self._account.extensions.get(table.name, {}).values()
            ]
        }

    def _schema(self, table: ListTable) -> dict[str, Any]:
        return {"name": table.name, "folderName": table.folder, "fields": fields(table)}
