"""Functional roles, the API functions, and which function needs which role."""

from __future__ import annotations

from collections.abc import Collection

from cxr_tui.sandbox.shared.rest import ApiFunction

LIST_MANAGER = "List Web Services Manager"
TABLE_MANAGER = "Table Web Services Manager"
CAMPAIGN_MANAGER = "Campaign Web Services Manager"
FOLDER_MANAGER = "Folder Web Services Manager"
DATA_DIRECTOR = "Data Director"
ACCOUNT_ADMINISTRATOR = "Account Administrator"

WEB_SERVICE_ROLES = frozenset(
    {
        LIST_MANAGER,
        TABLE_MANAGER,
        CAMPAIGN_MANAGER,
        FOLDER_MANAGER,
        "Content Web Services Manager",
        "Program Web Services Manager",
        "Analytics Web Services Manager",
    }
)
"""Each opens one category of the API and no page (facts A.10; documented)."""

INTERFACE_ROLES = frozenset(
    {
        "Super User",
        ACCOUNT_ADMINISTRATOR,
        DATA_DIRECTOR,
        "Display Marketing Director",
        "Email Marketing Director",
        "Email Marketing Manager",
        "Email Marketing Producer",
        "Program Director",
        "Forms Director",
        "Content Designer",
    }
)
"""Roles that open pages (facts B.2; documented, the last three by third parties; the full list is not known)."""

ROLES = WEB_SERVICE_ROLES | INTERFACE_ROLES

ALL_ACCESS = frozenset({"Super User", ACCOUNT_ADMINISTRATOR})
"""Roles that may call everything (inferred)."""

_MEMBERS = "/lists/{listName}/members"
_RUNS = "/connectJobs/{jobId}/jobRuns"

# Oracle documents the roles by category, not by call (facts A.10); the assignment of calls is inferred.
USER_INFO = ApiFunction("getUserInfo", "/user/info", "Get user information")
ORGANIZATIONS = ApiFunction("getOrganizations", "/attributes/organizations", "Get organizations")
LISTS = ApiFunction("retrieveLists", "/lists", "Retrieve profile lists", LIST_MANAGER, 100)
MEMBERS = ApiFunction("retrieveListMembers", _MEMBERS, "Retrieve list recipients", LIST_MANAGER, 100)
COUNT = ApiFunction("countListMembers", f"{_MEMBERS}/count", "Count list recipients", LIST_MANAGER)
FILTERS = ApiFunction("getFilters", "/filters", "Retrieve all filters", LIST_MANAGER)
TABLES = ApiFunction("getSupplementalTables", "/suppData", "Get supplemental tables", TABLE_MANAGER)
CAMPAIGNS = ApiFunction("getCampaigns", "/campaigns", "Get campaigns", CAMPAIGN_MANAGER)
FOLDERS = ApiFunction("getFolders", "/folders", "Get folders", FOLDER_MANAGER)
CONNECT_JOBS = ApiFunction("getConnectJobs", "/connectJobs", "Get Connect jobs")
CONNECT_RUNS = ApiFunction("getConnectJobRuns", _RUNS, "Get runs of a Connect job")
CONNECT_STATUS = ApiFunction("getConnectJobStatus", f"{_RUNS}/{{jobRunId}}/status", "Get status of a Connect run")
CONNECT_LOGS = ApiFunction("getConnectJobLogs", f"{_RUNS}/{{jobRunId}}/logs", "Get log of a Connect run")
CONNECT_TRIGGER = ApiFunction("triggerConnectJob", "/connectJobs/{jobId}/trigger", "Trigger a Connect job", verb="PUT")


def may_call(function: ApiFunction, roles: Collection[str]) -> bool:
    """Return whether a user with these roles may call a function."""
    return not function.role or function.role in roles or not ALL_ACCESS.isdisjoint(roles)


def may_use_connect(roles: Collection[str]) -> bool:
    """Return whether a user may use Connect: the Data Director role (facts B.5; for REST inferred)."""
    return DATA_DIRECTOR in roles or not ALL_ACCESS.isdisjoint(roles)
