"""Step 20, Source connectivity: the import job is created, and told where the exported file lies."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.guide.definition import Check, Field, Note, Part, Personal, Product, Step
from cxr_tui.guide.forms.connect_job import (
    JOB_NAME_HELP,
    JOB_NAME_SOURCE,
    OF_AUDIENCE,
    check_job_name,
    create_job,
    job_screen,
    proposed_job_name,
)
from cxr_tui.guide.forms.validators import one_line
from cxr_tui.guide.help_links import IMPORT_JOBS

ID = "source-connectivity"


def _proposed_name(known: Known) -> Value | None:
    name = known.text("integration-settings.responsys_list")
    return proposed_job_name(f"Import {name} from Responsys") if name else None


def _visits(known: Known) -> tuple[Visit, ...]:
    name = known.text(f"{ID}.job_name")
    return (
        create_job(Site.AUDIENCE, "Import Profile Data", name, known.text(f"{ID}.description")),
        Visit(
            Site.AUDIENCE,
            job_screen(name, "Source Connectivity"),
            {
                "File location": "External Server by SFTP",
                "Hostname": known.text(f"{ID}.hostname"),
                "Directory path": known.text(f"{ID}.path"),
                "Username": known.text(f"{ID}.user_name"),
                "Authentication": "Key",
            },
            press=("Test connection", "Save"),
            note="Test the connection before you go on. If it fails, probably the SSH2 key has not been added yet, "
            "or user name and path differ from the export.",
            undocumented=(
                "File location",
                "Hostname",
                "Directory path",
                "Username",
                "Authentication",
                "Test connection",
            ),
        ),
    )


async def _check(c: Check) -> Outcome:
    check_job_name(c.report, f"{ID}.job_name", c.known, OF_AUDIENCE)
    user, path, host = (c.known.text(f"{ID}.{name}") for name in ("user_name", "path", "hostname"))
    c.report.entered("same-place", f"{user}@{host}, folder {path}: where the export writes.")
    return c.report.confirmable(verified_later="imported-profiles")


STEP = Step(
    id=ID,
    title="Import job: Source connectivity",
    short_title="Source connectivity",
    part=Part.IMPORT,
    product=Product.AUDIENCE,
    purpose="Create the Connect job that imports the exported file into CX Audience, and select the path of the file.",
    check=_check,
    source="Integrating with Responsys, import customer profile data, Source connectivity (documented)",
    fields=(
        Field("job_name", "Job name", help=JOB_NAME_HELP, source=JOB_NAME_SOURCE, default=_proposed_name),
        Field(
            "description",
            "Description",
            help="A line for colleagues who find this job later.",
            default="Imports the profile list that Responsys exports",
            rule=one_line(),
            optional=True,
            personal=Personal.ANSWERS,
        ),
        Field(
            "hostname",
            "Hostname",
            help="The Responsys file server, as the export job shows it. It is offered since Oracle Support added it.",
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
            help="The SCP user, as the export job shows it.",
            origin="destination-connectivity.user_name",
            undocumented=True,
        ),
    ),
    notes=(Note("Labels are taken from the matching Responsys screen; CX Audience may use slightly different ones."),),
    links=(IMPORT_JOBS,),
    visits=_visits,
    verified_by="imported-profiles",
)
