"""Other objects of the account: filters, supplemental tables, campaigns, folders, programs."""

from __future__ import annotations

from typing import Any, TypeVar

from cxr_tui.sandbox.clock import Clock
from cxr_tui.sandbox.lists import timestamp
from cxr_tui.sandbox.responsys import permissions, refusals
from cxr_tui.sandbox.responsys.access import Call, Endpoint
from cxr_tui.sandbox.responsys.rest_lists import fields
from cxr_tui.sandbox.responsys.state import Account, Campaign, FilterObject, Folder

T = TypeVar("T")

PAGE = 200
"""Objects an answer holds at most and by default (facts A.7; documented)."""


class ObjectCalls:
    """Reads objects, each kind behind the role of its category."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock

    def endpoints(self) -> list[Endpoint]:
        """Return the calls under `/rest/api/v1.3`."""
        return [
            (permissions.FILTERS, self.filters),
            (permissions.TABLES, self.tables),
            (permissions.TABLE_FIELDS, self.table_fields),
            (permissions.CAMPAIGNS, self.campaigns),
            (permissions.CAMPAIGN, self.campaign),
            (permissions.FOLDERS, self.folders),
            (permissions.CREATE_FOLDER, self.create_folder),
            (permissions.FOLDER_CONTENT, self.folder_content),
            (permissions.PROGRAMS, self.programs),
        ]

    async def filters(self, call: Call) -> dict[str, Any]:
        """Return filters; audiences of CX Audience only with Audience Designer (facts C.5; documented)."""
        found = [
            (number, one)
            for number, one in enumerate(self._account.filters, 1)
            if self._account.sees(call.user, one.list_name) and (not one.origin or self._account.audience_designer)
        ]
        return {"items": [self._filter(number, one) for number, one in _page(call, found)]}

    async def tables(self, call: Call) -> dict[str, Any]:
        """Return supplemental tables with their columns."""
        visible = [one for name, one in self._account.supplemental.items() if self._account.sees(call.user, name)]
        return {"items": [{"name": one.name, "folderName": one.folder, "fields": fields(one)} for one in visible]}

    async def table_fields(self, call: Call) -> dict[str, Any]:
        """Return one supplemental table's columns."""
        table = self._account.supplemental.get(call.path("suppTableName"))
        if table is None or table.folder != call.path("folderName"):
            raise refusals.resource_not_found()
        if not self._account.sees(call.user, table.name):
            raise refusals.insufficient_access(f"{table.name}: the object is outside of your organization")
        return {"suppData": {"objectName": table.name, "folderName": table.folder}, "fields": fields(table)}

    async def campaigns(self, call: Call) -> dict[str, Any]:
        """Return campaigns; all of the sandbox's are email campaigns, which is also the default type."""
        kind = call.query("type", "email")
        if kind not in ("email", "push", "sms", "mms", "pushiocampaign"):
            raise refusals.invalid_parameter(f"{kind} is not a valid campaign type")
        found = list(self._account.campaigns.values()) if kind == "email" else []
        visible = [one for one in found if self._account.sees(call.user, one.name)]
        return {"items": [_campaign(one) for one in _page(call, visible)]}

    async def campaign(self, call: Call) -> dict[str, Any]:
        """Return one campaign."""
        name = call.path("campaignName")
        if name not in self._account.campaigns:
            raise refusals.ApiRefusalError(404, "CAMPAIGN_NOT_FOUND", "Campaign not found", name)
        if not self._account.sees(call.user, name):
            raise refusals.insufficient_access(f"{name}: the object is outside of your organization")
        return _campaign(self._account.campaigns[name])

    async def folders(self, call: Call) -> dict[str, Any]:
        """Return the account's folders."""
        visible = [one for name, one in self._account.folders.items() if self._account.sees(call.user, name)]
        return {"folders": [self._folder(one) for one in _page(call, visible)]}

    async def create_folder(self, call: Call) -> dict[str, Any]:
        """Make a folder; it inherits the organization of the caller (Integrating with Responsys, step 6)."""
        name = str((await call.json()).get("folderName", "")).strip()
        if not name or name in self._account.folders:
            return {"folderId": "", "errorMessage": "The folder name is empty or in use.", "success": False}
        self._account.folders[name] = Folder(name, self._clock.now())
        self._account.scopes[name] = call.user.organization
        return {"folderId": self._folder_id(name), "errorMessage": "", "success": True}

    async def folder_content(self, call: Call) -> dict[str, Any]:
        """Return what lies in a folder."""
        name = call.path("folderName")
        if name not in self._account.folders:
            raise refusals.resource_not_found()
        account = self._account
        inside = [("list", one.name) for one in account.lists.values() if one.folder == name]
        inside += [("supplemental", one.name) for one in account.supplemental.values() if one.folder == name]
        inside += [("campaign", one.name) for one in account.campaigns.values() if one.folder == name]
        visible = [(kind, one) for kind, one in inside if account.sees(call.user, one)]
        return {
            "riObjects": [
                {"id": str(number), "name": one, "type": kind, "subType": "", "folderId": self._folder_id(name)}
                for number, (kind, one) in enumerate(_page(call, visible), 1)
            ]
        }

    async def programs(self, call: Call) -> dict[str, Any]:
        """Return programs; the sandbox's are not running."""
        found = list(enumerate(self._account.programs, 1))
        return {"items": [{"id": str(i), "name": name, "status": "NOT_RUNNING"} for i, name in _page(call, found)]}

    def _filter(self, number: int, one: FilterObject) -> dict[str, Any]:
        when = timestamp(one.created)
        return {
            "id": number,
            "name": one.name,
            "folderName": one.folder,
            "folderId": int(self._folder_id(one.folder)),
            "listName": one.list_name,
            "listId": list(self._account.lists).index(one.list_name) + 1,
            "createdDate": when,
            "modifiedDate": when,
            "description": one.description,
            # How an audience of CX Audience is marked in this answer is not documented (inferred).
            "filterType": "AUDIENCE" if one.origin else "FILTER",
            "filterSubType": one.origin or one.kind,
            "filterSource": "Profile",
        }

    def _folder(self, folder: Folder) -> dict[str, Any]:
        when = timestamp(folder.created)
        return {
            "id": self._folder_id(folder.name),
            "name": folder.name,
            "subType": "",
            "objSource": "",
            "accountId": str(self._account.pod * 1000 + 42),
            "status": folder.status,
            "createdBy": self._account.administrator.login_name,
            "modifiedBy": self._account.administrator.login_name,
            "createdDate": when,
            "modifiedDate": when,
            "objectType": "Folder",
            "new": False,
        }

    def _folder_id(self, name: str) -> str:
        names = list(self._account.folders)
        return str(names.index(name) + 1 if name in names else 0)


def _page(call: Call, found: list[T]) -> list[T]:
    limit = call.number("limit", PAGE)
    if not 1 <= limit <= PAGE:
        raise refusals.invalid_parameter(f"limit cannot exceed {PAGE}")
    offset = call.number("offset", 0)
    return found[offset : offset + limit]


def _campaign(one: Campaign) -> dict[str, Any]:
    return {
        "name": one.name,
        "folderName": one.folder,
        "type": "EMAIL",
        "purpose": "PROMOTIONAL",
        "listName": one.list_name,
        "subject": one.subject,
        "campaignStatus": one.status,
        "enableLinkTracking": True,
        "trackHTMLOpens": True,
    }
