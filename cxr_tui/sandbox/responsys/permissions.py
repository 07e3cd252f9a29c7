"""Functional roles, the API functions, and which function needs which role."""

from __future__ import annotations

from dataclasses import dataclass

LIST_MANAGER = "List Web Services Manager"
TABLE_MANAGER = "Table Web Services Manager"
CAMPAIGN_MANAGER = "Campaign Web Services Manager"
CONTENT_MANAGER = "Content Web Services Manager"
FOLDER_MANAGER = "Folder Web Services Manager"
PROGRAM_MANAGER = "Program Web Services Manager"
ANALYTICS_MANAGER = "Analytics Web Services Manager"
DATA_DIRECTOR = "Data Director"
ACCOUNT_ADMINISTRATOR = "Account Administrator"

WEB_SERVICE_ROLES = frozenset(
    {
        LIST_MANAGER,
        TABLE_MANAGER,
        CAMPAIGN_MANAGER,
        CONTENT_MANAGER,
        FOLDER_MANAGER,
        PROGRAM_MANAGER,
        ANALYTICS_MANAGER,
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

HIGH_VOLUME_DEFAULT = 200
"""Calls a minute where no own number is known (facts A.6; documented)."""


@dataclass(frozen=True)
class ApiFunction:
    """One function of the API: what GET /rest/api/ratelimit lists, and the role it needs.

    Oracle documents the roles by category, not by call (facts A.10); the assignment of calls is inferred.
    """

    api: str
    verb: str
    path: str
    description: str
    role: str = ""
    """Empty: any API user (inferred)."""
    limit: int = HIGH_VOLUME_DEFAULT

    def allows(self, roles: frozenset[str]) -> bool:
        """Say whether a user with these roles may call it."""
        return not self.role or self.role in roles or bool(roles & ALL_ACCESS)


_LIST = "/lists/{listName}"
_MEMBERS = f"{_LIST}/members"
_TABLE = "/folders/{folderName}/suppData/{tableName}"

LOGIN = ApiFunction("login", "POST", "/auth/token", "Login", limit=10)
RATE_LIMITS = ApiFunction("getRateLimits", "GET", "/ratelimit", "Get throttling limits")
USER_INFO = ApiFunction("getUserInfo", "GET", "/user/info", "Get user information")
SETTINGS = ApiFunction("getAccountSettings", "GET", "/settings/account", "Get account settings")
ENDPOINT = ApiFunction("getEndpoint", "GET", "/settings/account/endpoint", "Get end point URL")
ORGANIZATIONS = ApiFunction("getOrganizations", "GET", "/attributes/organizations", "Get organizations")

LISTS = ApiFunction("retrieveLists", "GET", "/lists", "Retrieve profile lists", LIST_MANAGER, 100)
LIST_FIELDS = ApiFunction("getListFields", "GET", f"{_LIST}/fields", "Get fields of a list", LIST_MANAGER)
MEMBERS = ApiFunction("retrieveListMembers", "GET", _MEMBERS, "Retrieve list recipients", LIST_MANAGER, 100)
MEMBER = ApiFunction(
    "retrieveListMember", "GET", f"{_MEMBERS}/{{riid}}", "Retrieve list recipient by RIID", LIST_MANAGER, 100
)
COUNT = ApiFunction("countListMembers", "GET", f"{_MEMBERS}/count", "Count list recipients", LIST_MANAGER)
MERGE = ApiFunction("mergeListMembers", "POST", _MEMBERS, "Merge list recipients", LIST_MANAGER, 1000)
DELETE_MEMBERS = ApiFunction("deleteListMembers", "DELETE", _MEMBERS, "Delete list recipients", LIST_MANAGER)
DELETE_MEMBER = ApiFunction(
    "deleteListMember", "DELETE", f"{_MEMBERS}/{{riid}}", "Delete list recipient by RIID", LIST_MANAGER
)
EXTENSIONS = ApiFunction(
    "getListExtensions", "GET", f"{_LIST}/listExtensions", "Get profile extensions of a list", LIST_MANAGER
)
FILTERS = ApiFunction("getFilters", "GET", "/filters", "Retrieve all filters", LIST_MANAGER)

TABLES = ApiFunction("getSupplementalTables", "GET", "/suppData", "Get supplemental tables", TABLE_MANAGER)
TABLE_FIELDS = ApiFunction(
    "getSupplementalFields",
    "GET",
    "/folder/{folderName}/suppData/{suppTableName}",
    "Get fields of a supplemental table",
    TABLE_MANAGER,
)
CAMPAIGNS = ApiFunction("getCampaigns", "GET", "/campaigns", "Get campaigns", CAMPAIGN_MANAGER)
CAMPAIGN = ApiFunction("getCampaign", "GET", "/campaigns/{campaignName}", "Get one campaign", CAMPAIGN_MANAGER)
FOLDERS = ApiFunction("getFolders", "GET", "/folders", "Get folders", FOLDER_MANAGER)
FOLDER_CONTENT = ApiFunction(
    "getFolderContent", "GET", "/folders/{folderName}/content", "Get content of a folder", FOLDER_MANAGER
)
CREATE_FOLDER = ApiFunction("createFolder", "POST", "/folders", "Create a folder", FOLDER_MANAGER)
PROGRAMS = ApiFunction("getPrograms", "GET", "/programs", "Get programs", PROGRAM_MANAGER)

CONNECT_JOBS = ApiFunction("getConnectJobs", "GET", "/connectJobs", "Get Connect jobs")
CONNECT_RUNS = ApiFunction("getConnectJobRuns", "GET", "/connectJobs/{jobId}/jobRuns", "Get runs of a Connect job")
CONNECT_STATUS = ApiFunction(
    "getConnectJobStatus", "GET", "/connectJobs/{jobId}/jobRuns/{jobRunId}/status", "Get status of a Connect run"
)
CONNECT_LOGS = ApiFunction(
    "getConnectJobLogs", "GET", "/connectJobs/{jobId}/jobRuns/{jobRunId}/logs", "Get log of a Connect run"
)
CONNECT_TRIGGER = ApiFunction("triggerConnectJob", "PUT", "/connectJobs/{jobId}/trigger", "Trigger a Connect job")
CONNECT_TRIGGER_MANY = ApiFunction("triggerConnectJobs", "PUT", "/connectJobs/trigger", "Trigger several Connect jobs")

FUNCTIONS = (
    LOGIN,
    RATE_LIMITS,
    USER_INFO,
    SETTINGS,
    ENDPOINT,
    ORGANIZATIONS,
    LISTS,
    LIST_FIELDS,
    MEMBERS,
    MEMBER,
    COUNT,
    MERGE,
    DELETE_MEMBERS,
    DELETE_MEMBER,
    EXTENSIONS,
    FILTERS,
    TABLES,
    TABLE_FIELDS,
    CAMPAIGNS,
    CAMPAIGN,
    FOLDERS,
    FOLDER_CONTENT,
    CREATE_FOLDER,
    PROGRAMS,
    CONNECT_JOBS,
    CONNECT_RUNS,
    CONNECT_STATUS,
    CONNECT_LOGS,
    CONNECT_TRIGGER,
    CONNECT_TRIGGER_MANY,
)


def may_use_connect(roles: frozenset[str]) -> bool:
    """Say whether a user may use Connect: the Data Director role (facts B.5; for REST inferred)."""
    return DATA_DIRECTOR in roles or bool(roles & ALL_ACCESS)


def may_use_pages(roles: frozenset[str]) -> bool:
    """Say whether a user may sign in to the browser interface (facts B.3; documented for web services roles)."""
    return bool(roles & INTERFACE_ROLES)
