"""Step 12, Select object: the export job is created, and told which list it exports."""

from __future__ import annotations

from collections.abc import Sequence

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Fix, Outcome, Status
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.text import counted, quoted, visible
from cxr_tui.guide.checks.columns import nearest
from cxr_tui.guide.checks.common import integration_user, report_error
from cxr_tui.guide.definition import Check, Fact, Field, Note, Part, Personal, Product, Step
from cxr_tui.guide.forms.connect_job import (
    JOB_NAME_HELP,
    JOB_NAME_SOURCE,
    check_job_name,
    create_job,
    job_screen,
    proposed_job_name,
)
from cxr_tui.guide.forms.validators import one_line

ID = "select-object"
_OTHERS = 8
"""At most so many other lists are counted; calls are limited by the minute (facts A.6)."""


def _list(known: Known) -> str:
    return known.text(f"{ID}.list") or known.text("integration-settings.responsys_list")


def _proposed_name(known: Known) -> Value | None:
    name = _list(known)
    return proposed_job_name(f"Export {name} for CX Audience") if name else None


def _visits(known: Known) -> tuple[Visit, ...]:
    name = known.text(f"{ID}.job_name")
    return (
        create_job(Site.RESPONSYS, "Export Data", name, known.text(f"{ID}.description")),
        Visit(
            Site.RESPONSYS,
            job_screen(name, "Select object"),
            {"Object": "List", "List": known.text(f"{ID}.list")},
            press=("Save",),
            undocumented=("Object",),
        ),
    )


async def _check(c: Check) -> Outcome:
    check_job_name(c.report, f"{ID}.job_name", c.known)
    responsys = await integration_user(c)
    if responsys is None:
        return c.report.confirmable(verified_later="export-schedule")
    try:
        await _look_at_list(c, responsys, c.known.text(f"{ID}.list"))
    except OutsideError as error:
        # what is wrong with the login is for step 6 to say
        report_error(c.report, error, "Reading the profile lists", optional=Status.UNKNOWN)
    return c.report.confirmable(verified_later="export-schedule")


async def _look_at_list(c: Check, responsys: Responsys, name: str) -> None:
    c.progress("Reading the profile lists")
    names = [schema.name for schema in await responsys.lists()]
    if name not in names:
        near = nearest(name, names)
        c.report.fail(
            "list-missing",
            f"There is no profile list {quoted(name, 100)}. Lists: {visible(', '.join(sorted(names)))}.",
            "The export job would have nothing to export, or the integration user cannot see the list.",
            "Choose the list by its exact name, upper and lower case included.",
            Fix(f"Use {near[0]}", {f"{ID}.list": near[0]}) if near else None,
            identity=name,
        )
        return
    c.progress("Counting its records")
    count = await responsys.member_count(name)
    c.report.learn("records", count)
    if count:
        c.report.passed("list-filled", f"{name} has {counted(count, 'record')}.")
        return
    filled = await _filled(responsys, [other for other in names if other != name])
    others = f" Lists that have some: {', '.join(filled)}." if filled else " No other list has any either."
    c.report.fail(
        "list-empty",
        f"{name} has no records.{others}",
        "There is nothing to export: the file would hold the column names and nobody.",
        f"Open Data > Profile Lists > {name} and fill it first (look whether its last load has failed), "
        "or choose the list that holds your customers.",
        identity=name,
    )


async def _filled(responsys: Responsys, names: Sequence[str]) -> list[str]:
    """Return the lists that have records, each with its count; a few are enough to choose from."""
    counts = {name: await responsys.member_count(name) for name in sorted(names)[:_OTHERS]}
    return [f"{name} ({count:,})" for name, count in counts.items() if count]


STEP = Step(
    id=ID,
    title="Export job: Select object",
    short_title="Select object",
    part=Part.EXPORT,
    product=Product.RESPONSYS,
    purpose="Create the Connect job that exports a profile list to the Responsys file server, and select the list.",
    check=_check,
    source="Integrating with Responsys, import your profile list, step 3.3 (documented)",
    fields=(
        Field(
            "job_name",
            "Job name",
            help=JOB_NAME_HELP,
            source=JOB_NAME_SOURCE,
            default=_proposed_name,
        ),
        Field(
            "description",
            "Description",
            help="A line for colleagues who find this job later.",
            default="Exports the profile list for the integration with CX Audience",
            rule=one_line(),
            optional=True,
            personal=Personal.ANSWERS,
        ),
        Field(
            "list",
            "List",
            help="The profile list that is to be used in CX Audience. Proposed is the list chosen for the integration.",
            default=lambda known: known.text("integration-settings.responsys_list"),
            rule=one_line(),
        ),
    ),
    notes=(
        Note(
            "Data > Connect is visible only with the Data Director role. Assign it to yourself, never to the "
            "integration user."
        ),
        Note(
            "If there is an option such as Only export records inserted or updated since the last run, leave it "
            "cleared: the first run must export everyone."
        ),
    ),
    facts=(Fact("records", "Records", "Responsys"),),
    visits=_visits,
    verified_by="export-schedule",
)
