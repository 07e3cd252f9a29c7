"""Pages of Oracle's help that the documented procedure refers to."""

from __future__ import annotations

from cxr_tui.guide.definition import Link

_RESPONSYS = "https://docs.oracle.com/en/cloud/saas/marketing/responsys-user"
_AUDIENCE = "https://docs.oracle.com/en/cloud/saas/marketing/cx-audience-user"

INTEGRATING = Link("Integrating with Oracle Responsys, the whole procedure", f"{_AUDIENCE}/Integrate_Responsys.htm")
DATA_PRIVACY = Link(
    "Responsys Data Privacy and Security Features", f"{_RESPONSYS}/Help/DataPrivSecOverview/Overview.htm"
)
PROFILE_INSERTS = Link("Profile inserts (linked from this page)", f"{_AUDIENCE}/Integrate_Responsys.htm")
"""The address of the topic itself is not known."""
IMPORT_JOBS = Link("Creating import jobs", f"{_AUDIENCE}/Connect_WizardUpload.htm")
SSH2_KEYS = Link("Managing SSH2 Keys", f"{_RESPONSYS}/Account_SSH_Key.htm")
