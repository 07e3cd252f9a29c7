"""Step 20, Source connectivity: create the import job and set the path of the exported file."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Visit
from cxr_tui.guide.definition import Check, Field, Note, Part, Product, Step
from cxr_tui.guide.forms.connect_job import IMPORT_JOB
from cxr_tui.guide.help_links import IMPORT_JOBS

ID = "source-connectivity"


def _visits(known: Known) -> tuple[Visit, ...]:
    entries = {
        "File location": "External Server by SFTP",
        **STEP.entries(known, "hostname", "path", "user_name"),
        "Authentication": "Key",
    }
    return (
        IMPORT_JOB.create(known),
        IMPORT_JOB.screen(
            known,
            "Source Connectivity",
            entries,
            press=("Test connection", "Save"),
            note="Click Test connection. If it fails, the SSH2 key is probably not active yet, or the user name or "
            "path differs from the export job.",
            undocumented=(*entries, "Test connection"),
        ),
    )


async def _check(c: Check) -> Outcome:
    IMPORT_JOB.check_name(c.report, c.known)
    user, path, host = (c.known.text(f"{ID}.{name}") for name in ("user_name", "path", "hostname"))
    c.report.entered("same-place", f"{user}@{host}, folder {path}, the same place as the export.")
    return c.report.confirmable()


STEP = Step(
    id=ID,
    title="Import job: Source connectivity",
    part=Part.IMPORT,
    product=Product.AUDIENCE,
    purpose="Create the Connect job that imports the exported file into CX Audience, and select the path of the file.",
    check=_check,
    source="Integrating with Responsys, import customer profile data, Source connectivity (documented)",
    fields=(
        *IMPORT_JOB.name_fields(
            "Import {} from Responsys",
            "integration-settings.responsys_list",
            "Imports the profile list that Responsys exports",
        ),
        Field(
            "hostname",
            "Hostname",
            help="The Responsys file server, as shown in the export job. Listed once Oracle Support has added it.",
            origin="destination-connectivity.server",
            undocumented=True,
        ),
        Field(
            "path",
            "Directory path",
            help="The folder that the export writes to.",
            origin="destination-connectivity.path",
            undocumented=True,
        ),
        Field(
            "user_name",
            "Username",
            help="The SCP user, as shown in the export job.",
            origin="destination-connectivity.user_name",
            undocumented=True,
        ),
    ),
    notes=(Note("Labels are taken from the matching Responsys screen; CX Audience may use slightly different ones."),),
    links=(IMPORT_JOBS,),
    visits=_visits,
    verified_by="imported-profiles",
)
