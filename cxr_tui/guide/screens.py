"""Click paths of the products' screens that several modules use."""

from __future__ import annotations

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
