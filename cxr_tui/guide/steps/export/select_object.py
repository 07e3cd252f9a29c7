"""Step 12, Select object: create the export job and select the list it exports."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Visit
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.text import counted
from cxr_tui.guide.checks.common import integration_user, look
from cxr_tui.guide.checks.lists import find_list
from cxr_tui.guide.definition import Check, Fact, Field, Note, Part, Product, Step
from cxr_tui.guide.forms.connect_job import EXPORT_JOB
from cxr_tui.guide.forms.validators import one_line

ID = "select-object"
_OTHERS = 8
"""How many other lists are counted at most; calls per minute are limited (facts A.6)."""


def _visits(known: Known) -> tuple[Visit, ...]:
    entries = {"Object": "List", "List": known.text(f"{ID}.list")}
    return EXPORT_JOB.create(known), EXPORT_JOB.screen(known, "Select object", entries, undocumented=("Object",))


async def _check(c: Check) -> Outcome:
    EXPORT_JOB.check_name(c.report, c.known)
    responsys = await integration_user(c)
    if responsys is None:
        return c.report.confirmable()
    # step 6 reports what is wrong with the login
    await look(c, "Reading the profile lists", _look_at_list(c, responsys, c.known.text(f"{ID}.list")))
    return c.report.confirmable()


async def _look_at_list(c: Check, responsys: Responsys, name: str) -> None:
    lists = await responsys.lists()
    if find_list(c, "Responsys", f"{ID}.list", lists) is None:
        return
    c.progress("Counting its records")
    count = await responsys.member_count(name)
    c.report.learn("records", count)
    if count:
        c.report.passed("list-filled", f"{name} has {counted(count, 'record')}.")
        return
    # A few lists that have records are enough to choose from.
    others = sorted(one.name for one in lists if one.name != name)[:_OTHERS]
    counts = {other: await responsys.member_count(other) for other in others}
    filled = ", ".join(f"{other} ({records:,})" for other, records in counts.items() if records)
    c.report.fail(
        "list-empty",
        f"{name} has no records. {f'Lists with records: {filled}.' if filled else 'No other list has any.'}",
        "There is nothing to export: the file would contain only the header.",
        f"Open Data > Profile Lists > {name} and load it first (check whether its last load failed), "
        "or choose the list with your customers.",
        identity=name,
    )


STEP = Step(
    id=ID,
    title="Export job: Select object",
    part=Part.EXPORT,
    product=Product.RESPONSYS,
    purpose="Create the Connect job that exports a profile list to the Responsys file server, and select the list.",
    check=_check,
    source="Integrating with Responsys, import your profile list, step 3.3 (documented)",
    fields=(
        *EXPORT_JOB.name_fields(
            "Export {} for CX Audience",
            "integration-settings.responsys_list",
            "Exports the profile list for the integration with CX Audience",
        ),
        Field(
            "list",
            "List",
            help="The profile list to use in CX Audience. Suggested: the list from step 8.",
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
