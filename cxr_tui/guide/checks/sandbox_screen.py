"""What only the sandbox's operator can see: the screens of the products, compared with what they should show.

With the real products only a person can look, so nothing here finds anything then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.certainty import ground_of
from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Outcome, Report, Status, Verdict
from cxr_tui.domain.instruction import Carried, FileRef, Mismatch, SecretRef, Site, Visit, VisitRefusedError
from cxr_tui.domain.text import quoted
from cxr_tui.guide.checks.common import report_error
from cxr_tui.guide.definition import Check, Step
from cxr_tui.guide.forms.schedule import NEVER
from cxr_tui.guide.screens import CX_AUDIENCE_SETTINGS

ENABLED = "Enable Responsys and CX Audience Integration"
_LINES = 8
"""Lines of a mapping that one finding names."""


async def shown_on_screen(c: Check, site: Site, path: Sequence[str]) -> Mapping[str, Value] | None:
    """Return what a screen shows now, by label; None where only a person can look.

    Empty where there is no such screen, such as that of a job that does not exist. None also where the operator could
    not look, which is reported.
    """
    if c.world.screens is None:
        return None
    try:
        return await c.world.screens.look(site, tuple(path))
    except VisitRefusedError:
        return {}
    except OutsideError as error:
        report_error(c.report, error, f"Looking at {' > '.join(path)}")
        return None


def click_path(visit: Visit) -> str:
    """Return a visit's click path in one line, for remedies."""
    return " > ".join(visit.path)


async def compare_screens(c: Check, step: Step, outcome: Outcome) -> Outcome:
    """Add where a screen differs from what the instruction enters, for the entries that declare a mismatch.

    A screen is certain, so it replaces a hint with the same code; a failure that the check found is not repeated.
    """
    if c.world.screens is None:
        return outcome
    known = c.known.updated({step.key(name): value for name, value in outcome.facts.items()})
    looking = replace(c, known=known, report=Report())
    visits = [visit for visit in step.visits(known) if visit.mismatches]
    for visit in visits:
        await _compare(looking, visit)
    seen = looking.report.confirmable()
    failed = _failed(outcome)
    found = tuple(one for one in seen.findings if one.code not in failed)
    declared = [mismatch for visit in visits for mismatch in visit.mismatches.values()]
    caused = {code for mismatch in declared if mismatch.code in _failed(seen) for code in mismatch.causes}
    certain = {one.code for one in found}
    hints = [one for one in outcome.findings if one.status is Status.WARN and one.code in certain]
    kept = tuple(one for one in outcome.findings if one.code not in caused and one not in hints)
    verdict = seen.verdict if seen.verdict is Verdict.FAILED else outcome.verdict
    return replace(outcome, verdict=verdict, findings=(*kept, *found))


def _failed(outcome: Outcome) -> set[str]:
    return {one.code for one in outcome.findings if one.status is Status.FAIL}


async def _compare(c: Check, visit: Visit) -> None:
    shown = await shown_on_screen(c, visit.site, visit.path)
    equal: list[str] = []
    for label, mismatch in visit.mismatches.items():
        entered = visit.entries[label]
        if not shown or label not in shown or isinstance(entered, SecretRef | FileRef | Carried):
            continue
        if _same(entered, shown[label]):
            equal.append(label)
        else:
            _report(c, click_path(visit), label, entered, shown[label], mismatch)
    if equal:
        c.report.passed("screen-matches", f"{click_path(visit)} shows the values entered here: {', '.join(equal)}.")


def _report(c: Check, path: str, label: str, entered: Value, shown: Value, mismatch: Mismatch) -> None:
    ground = mismatch.ground or ground_of(mismatch.code)

    def fail(code: str, what: str, order: str) -> None:
        c.report.fail(code, f"{path} shows {what}.", mismatch.why, f"Open {path}, {order}, and save.", ground=ground)

    if isinstance(entered, list) and isinstance(shown, list):
        there = f"{label}: {_words(shown) or 'none'}"
        extra = [one for one in shown if one not in entered]
        if extra:
            fail(mismatch.code, f"{there}. {_words(extra)} should not be selected", f"clear {_words(extra)}")
        for one in entered:
            if one not in shown:
                fail(mismatch.missing.get(one, mismatch.code), f"{there}. {one} is missing", f"select {one}")
    elif isinstance(entered, dict) and isinstance(shown, dict):
        names = [name for name in {**entered, **shown} if entered.get(name) != shown.get(name)]
        lines = [f"{_line(name, shown)} (entered here: {_line(name, entered)})" for name in names[:_LINES]]
        more = f"; and {len(names) - _LINES} more lines" if len(names) > _LINES else ""
        orders = (_order_of_line(name, entered, shown) for name in names[:_LINES])
        fail(mismatch.code, f"other lines than entered here: {'; '.join(lines)}{more}", "; ".join(orders))
    else:
        what = f"{label}: {_words(shown)} instead of {_words(entered)}"
        order = f"{'select' if entered else 'clear'} {label}"
        fail(mismatch.code, what, order if isinstance(entered, bool) else f"set {label} to {_words(entered)}")


def _line(name: str, mapping: Mapping[str, str]) -> str:
    return f"{name} to {mapping[name]}" if name in mapping else "none"


def _order_of_line(name: str, wanted: Mapping[str, str], there: Mapping[str, str]) -> str:
    if name not in wanted:
        return f"leave {name} unmapped"
    return f"{'change' if name in there else 'map'} {name} to {wanted[name]}"


def _same(wanted: Value, found: Value) -> bool:
    if isinstance(wanted, list) and isinstance(found, list):
        return sorted(wanted) == sorted(found)
    if isinstance(wanted, dict) or isinstance(found, dict):
        return wanted == found
    return str(wanted).strip() == str(found).strip()


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "selected" if value else "not selected"
    return ", ".join(value) if isinstance(value, list) else quoted(str(value), 120)


async def check_enabled(c: Check) -> None:
    """Report whether the checkbox of the CX Audience settings is saved as selected, where that can be seen."""
    page = await shown_on_screen(c, Site.RESPONSYS, CX_AUDIENCE_SETTINGS)
    if page is None:
        return
    if page.get(ENABLED) is True:
        c.report.passed("integration-enabled", f"{ENABLED}: selected and saved.")
        return
    c.report.fail(
        "integration-not-enabled",
        f"{ENABLED}: not selected, or not saved.",
        "The integration does not work until it is enabled in Responsys.",
        f"{' > '.join(CX_AUDIENCE_SETTINGS)}: select {ENABLED} and click Save (step 7), then continue.",
        at="cx-audience-settings",
    )


async def shown_schedule(c: Check, step_id: str, visit: Visit) -> Known | None:
    """Return the entries of a schedule step as its screen shows them; None where only a person can look."""
    shown = await shown_on_screen(c, visit.site, visit.path)
    if not shown or "Time" not in shown or "Date" not in shown:
        return None
    screen = {
        "date": str(shown["Date"]),
        "time": str(shown["Time"]),
        "schedule": "once" if shown.get("Schedule") == "Run once" else "daily",
        "end_date": "" if shown.get("End date", "") == "No end date" else str(shown.get("End date", "")),
        "expiration": NEVER if shown.get("Expiration") == "Never expire" else str(shown.get("Expiration", "")),
        "every_days": str(shown.get("Every _ days", "") or "1"),
    }
    return c.known.updated({f"{step_id}.{name}": value for name, value in screen.items()})
