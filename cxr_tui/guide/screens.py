"""Click paths of the products' screens that several modules use, and pages of Oracle's help about them."""

from __future__ import annotations

from cxr_tui.guide.definition import Link

_CONNECT = ("Data", "Connect", "Manage Connect")
MANAGE_CONNECT = " > ".join(_CONNECT)

ADD_USER = ("Account", "User identity management", "Add user")
_USER_MANAGEMENT = ("Account", "User identity management", "User management")
USER_MANAGEMENT = " > ".join(_USER_MANAGEMENT)
CX_AUDIENCE_SETTINGS = ("Account", "CX Audience settings")
INTEGRATION_SETTINGS = ("Account", "Integration settings", "Responsys")
SSH2_KEYS_MANAGEMENT = ("Account", "Global settings", "SSH2 Keys management")
"""Where keys for the file server are registered (Managing SSH2 keys; documented)."""
CREATE_JOB = (*_CONNECT, "Create job")
COMPLETED_JOBS = (*_CONNECT, "Completed Jobs")
GENERATE_KEY = (*_CONNECT, "Import Profile Data", "Source Specification", "Select or generate key")
IMPORT_KEY = (*_CONNECT, "Import Profile Data", "Source Specification", "Select or import key")
AUDIENCE_DESTINATION = (*_CONNECT, "Export Data", "Destination Connectivity")
"""Where CX Audience offers its external servers (Integrating with Responsys, download SSH2 key; documented)."""


def user_page(login_name: str) -> tuple[str, ...]:
    """Return the click path of an existing user's page."""
    return (*_USER_MANAGEMENT, login_name)


_HELP = "https://docs.oracle.com/en/cloud/saas/marketing/responsys-user"
_CXA_HELP = "https://docs.oracle.com/en/cloud/saas/marketing/cx-audience-user"

INTEGRATING = Link("Integrating with Oracle Responsys, the whole procedure", f"{_CXA_HELP}/Integrate_Responsys.htm")
DATA_PRIVACY = Link("Responsys Data Privacy and Security Features", f"{_HELP}/Help/DataPrivSecOverview/Overview.htm")
PROFILE_INSERTS = Link("Profile inserts (linked from this page)", f"{_CXA_HELP}/Integrate_Responsys.htm")
"""The address of the topic itself is not known."""
IMPORT_JOBS = Link("Creating import jobs", f"{_CXA_HELP}/Connect_WizardUpload.htm")
SSH2_KEYS = Link("Managing SSH2 Keys", f"{_HELP}/Account_SSH_Key.htm")
