"""Step 22, Target definition: target list, match column and column mapping."""

from __future__ import annotations

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.certainty import inferred
from cxr_tui.domain.date_formats import DATE_FORMATS, DAY_FIRST, MONTH_FIRST
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Mismatch, Site, Visit
from cxr_tui.domain.responsys_data import MATCH_COLUMNS, ListSchema, column_key
from cxr_tui.guide.checks.columns import mapping_problems, mended_mapping, proposed_mapping
from cxr_tui.guide.checks.common import integration_user, look
from cxr_tui.guide.checks.entries import check_entries
from cxr_tui.guide.checks.lists import READING_LISTS, audience_list
from cxr_tui.guide.definition import Check, Field, Kind, Note, Part, Product, Step, keys_of
from cxr_tui.guide.forms.connect_job import IMPORT_JOB
from cxr_tui.guide.forms.validators import one_line

ID = "target-definition"
_SETTINGS = "integration-settings"
_DOWNLOADS, _UPLOADS = "Date format for downloads", "Date format for uploads"
_DATE_FORMATS = ("Data", "Connect", "Manage Connect", "Date formats")
_LINES = 8
"""Lines of a mapping that one finding names."""

_WRONG_MAPPING = Mismatch("mapping-wrong", "The import rejects such rows or puts values into wrong columns.")


def _visits(known: Known) -> tuple[Visit, ...]:
    screen = "Target Definition"
    note = "Note the column names."
    offered = IMPORT_JOB.screen(
        known, screen, STEP.entries(known, "target_list"), press=(), brings={"Columns": "offered"}, note=note
    )
    return (
        *(() if known.has(f"{_SETTINGS}.carried") or known.has(f"{ID}.mapping") else (offered,)),
        IMPORT_JOB.screen(
            known,
            screen,
            STEP.entries(known, "target_list", "match_column", "mapping"),
            mismatches={**STEP.mismatches, "Column mapping": _WRONG_MAPPING},
            note="Click Target Tables and select the list. Map each incoming column to the list column shown here, "
            "and no others.",
            undocumented=("Match column", "Column mapping"),
        ),
        *(
            Visit(
                site,
                _DATE_FORMATS,
                brings={label: name},
                note="Note the format. It applies to the whole account; Oracle does not say where it is shown.",
                undocumented=(label,),
            )
            for site, label, name in (
                (Site.RESPONSYS, _DOWNLOADS, "download_format"),
                (Site.AUDIENCE, _UPLOADS, "upload_format"),
            )
        ),
    )


async def _check(c: Check) -> Outcome:
    check_entries(c, STEP)
    responsys, audience = await _responsys_list(c), await audience_list(c, f"{ID}.target_list")
    _check_mapping(c, responsys, audience)
    _check_date_formats(c, responsys)
    if c.world.audience() is None:
        c.report.unknown(
            "audience-columns-unseen",
            "The columns in CX Audience were not checked: no CX Audience API user was entered.",
            "A missing column would show only when the import runs.",
            "Compare the mapping with the list in CX Audience, or enter an API user at step 1.",
        )
    return c.report.confirmable()


async def _responsys_list(c: Check) -> ListSchema | None:
    user = await integration_user(c)
    lists = () if user is None else await look(c, READING_LISTS, user.lists()) or ()
    return next((one for one in lists if one.name == c.known.text("select-object.list")), None)


def _check_mapping(c: Check, responsys: ListSchema | None, audience: ListSchema | None) -> None:
    mapping, match_column = c.known.pairs(f"{ID}.mapping"), c.known.text(f"{ID}.match_column")
    problems = mapping_problems(mapping, responsys, audience, match_column)
    if not problems:
        c.report.passed("mapping", f"{len(mapping)} columns are mapped; all types fit.")
        return
    valid = mended_mapping(mapping, responsys, audience, match_column)
    fix = Fix("Remove the wrong lines", {f"{ID}.mapping": valid})
    wrong = " ".join(one.text for one in problems if not one.guessed)
    doubtful = " ".join(one.text for one in problems if one.guessed)
    if wrong:
        remedy = "Correct or remove these lines."
        c.report.fail(_WRONG_MAPPING.code, wrong, _WRONG_MAPPING.why, remedy, fix)
    if doubtful:
        c.report.fail(
            _WRONG_MAPPING.code,
            doubtful,
            "The import may put values into wrong columns. Oracle does not say how it treats these columns.",
            "If you did not mean these lines, remove them.",
            fix,
            ground=inferred("C.6"),
        )


def _check_date_formats(c: Check, responsys: ListSchema | None) -> None:
    download, upload = c.known.text(f"{ID}.download_format"), c.known.text(f"{ID}.upload_format")
    if not download or not upload:
        return
    if download == upload:
        c.report.entered("date-format", f"Responsys writes dates as {download}, and CX Audience reads that format.")
        return
    mapping = c.known.pairs(f"{ID}.mapping")
    dated = [one.name for one in responsys.columns if one.type == "TIMESTAMP"] if responsys is not None else []
    carried = [name for name in dated if name in mapping]
    columns = f" Date columns: {', '.join(carried[:_LINES])}." if carried else ""
    swapped = {download, upload} == {MONTH_FIRST, DAY_FIRST}
    c.report.warn(
        "date-format-differs",
        f"Responsys writes dates as {download}, and CX Audience reads {upload}.{columns}",
        "The import probably rejects or misreads every date."
        + (" Where the day is 12 or less, it swaps day and month without a message." if swapped else ""),
        f"Set the date format for uploads of the CX Audience account to {download}, or the one for downloads of the "
        f"Responsys account to {upload}. Each applies to all jobs of its account, so ask who else uses it.",
    )


def _proposed(known: Known) -> Value | None:
    carried = known.lines(f"{_SETTINGS}.carried")
    if not carried:  # those that both sides have by name, as far as each side was seen or noted
        ours, theirs = known.lines(f"{_SETTINGS}.columns"), known.lines(f"{ID}.offered")
        noted = {column_key(name) for name in theirs}
        carried = [name for name in ours if column_key(name) in noted] if ours else theirs
    match_column = known.text(f"{ID}.match_column") or known.text(f"{_SETTINGS}.match_column")
    return proposed_mapping(carried, match_column) if carried else None


STEP = Step(
    id=ID,
    title="Import job: Target definition",
    part=Part.IMPORT,
    product=Product.AUDIENCE,
    purpose="Choose the target list, the match column and the column mapping.",
    check=_check,
    source="Integrating with Responsys, import customer profile data, Target definition (documented)",
    fields=(
        Field(
            "target_list",
            "Target Tables",
            help="The customer data list of step 8.",
            default=lambda known: known.text(f"{_SETTINGS}.profile_list"),
            mismatch=Mismatch(
                "target-list-differs", "Behavioral data would go to one list and the profiles to another."
            ),
            rule=one_line(),
        ),
        Field(
            "match_column",
            "Match column",
            Kind.CHOICE,
            help="The same as at step 8.",
            undocumented=True,
            default=lambda known: known.text(f"{_SETTINGS}.match_column"),
            mismatch=Mismatch(
                "match-column-differs", "Behavioral data and profiles would be matched by different columns."
            ),
            choices=MATCH_COLUMNS,
        ),
        Field(
            "offered",
            "Columns of the list in CX Audience",
            Kind.LINES,
            help="Optional: the target columns on the screen, one per line. Without a CX Audience API user, the wizard "
            "cannot read them.",
            source="Asked by this wizard to suggest the mapping",
            optional=True,
            brought=True,
            shown=lambda known: not known.has(f"{_SETTINGS}.carried"),
        ),
        Field(
            "mapping",
            "Column mapping",
            Kind.MAPPING,
            help="Incoming column → list column. Suggested: columns with the same name and type in both lists, without "
            "system-managed ones.",
            source="Integrating with Responsys, Target definition (documented); which columns to leave out: inferred",
            default=_proposed,
            undocumented=True,
        ),
        *(
            Field(
                name,
                label,
                Kind.CHOICE,
                help=f"Optional: the setting of the {account} account for all Connect jobs. With both, this step and "
                "Preflight check the dates.",
                source="OMCEA/Connect_DateFormats.htm (the list: documented; that CX Audience has it: inferred)",
                choices=tuple(one.name for one in DATE_FORMATS),
                optional=True,
                brought=True,
                undocumented=True,
            )
            for name, label, account in (
                ("download_format", _DOWNLOADS, "Responsys"),
                ("upload_format", _UPLOADS, "CX Audience"),
            )
        ),
    ),
    notes=(
        Note("Do not map RIID_: each product probably assigns its own."),
        Note("Permission and deliverability status stay in Responsys."),
        Note("Preflight tests this mapping against the exported file, record by record."),
    ),
    visits=_visits,
    verified_by="imported-profiles",
    rests_on=(
        "source-connectivity.job_name",
        "select-object.list",
        *keys_of(_SETTINGS, "profile_list", "match_column", "carried"),
    ),
)
