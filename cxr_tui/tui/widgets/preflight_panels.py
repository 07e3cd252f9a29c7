"""Preflight as lines: pure drawing of an answer, of the reading under way, and of the rehearsal."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from rich.cells import cell_len
from textual.content import Content

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Visit
from cxr_tui.domain.text import counted, visible
from cxr_tui.preflight.format import duration, headline
from cxr_tui.preflight.rehearsal_key.progress import Stage
from cxr_tui.preflight.rehearsal_key.state import NextStep, RehearsalState
from cxr_tui.preflight.result import ColumnCount, PreflightResult, ReasonCount, Sample
from cxr_tui.preflight.runner import Progress
from cxr_tui.preflight.validation.rules import REASON
from cxr_tui.presentation.badges import STATUSES, Look
from cxr_tui.presentation.instructions import site_heading
from cxr_tui.tui.widgets.findings import finding_in_lines
from cxr_tui.tui.widgets.instructions import visit_lines
from cxr_tui.tui.widgets.text_block import Drawn, fit, hanging, wrap

_CODE_WIDTH = 17
_ROWS_WIDTH = 12
_LEAST_BAR = 6
_SHOWN_VALUE = 60


class View(StrEnum):
    """What of an answer is shown."""

    REASONS = "Reasons"
    COLUMNS = "Columns"
    MATCH = "Match"
    FINDINGS = "Findings"
    KEY = "Rehearsal key"


class Strip(Drawn):
    """The views in one line, the one that is shown marked."""

    def __init__(self) -> None:
        super().__init__(id="views")
        self._view = View.REASONS
        self._answer: PreflightResult | None = None

    def show(self, view: View, answer: PreflightResult | None) -> None:
        """Mark a view."""
        if (view, answer) != (self._view, self._answer):
            self._view, self._answer = view, answer
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the line."""
        answer = self._answer
        counts = {
            View.REASONS: len(answer.reasons) if answer else None,
            View.COLUMNS: len(answer.columns) if answer else None,
            View.FINDINGS: len(answer.findings) if answer else None,
        }
        parts = []
        for view in View:
            count = counts.get(view)
            text = view.value if count is None else f"{view.value} {count}"
            style = "bold $accent underline" if view is self._view else "$muted"
            parts.append(Content.styled(text, style))
        return [Content("   ").join(parts)]


class Summary(Drawn):
    """What the import would come to, or how far the reading is."""

    def __init__(self) -> None:
        super().__init__(id="summary")
        self._answer: PreflightResult | None = None
        self._note = ""
        self._progress: Progress | None = None
        self._reading = False

    def show(self, answer: PreflightResult | None, note: str) -> None:
        """Show an answer; `note` says where it comes from."""
        self._answer, self._note, self._reading, self._progress = answer, note, False, None
        self.redraw()

    def reading(self, progress: Progress | None) -> None:
        """Show how far the reading is; None: it has just begun."""
        self._reading, self._progress = True, progress
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return two lines."""
        if self._reading:
            return progress_lines(self._progress, width)
        if self._answer is None:
            return [Content.styled(line, "$muted") for line in (*wrap(self._note, width)[:2], "", "")[:2]]
        look = verdict_look(self._answer)
        head = Content.styled(f"{look.glyph} ", look.style)
        return [head + Content.styled(fit(headline(self._answer), width - 2), "bold"), _muted(self._note, width)]


class Sheet(Drawn):
    """The view that was chosen, as lines."""

    def __init__(self) -> None:
        super().__init__(id="preflight-sheet")
        self._make: Callable[[int], list[Content]] = lambda _: []

    def show(self, make: Callable[[int], list[Content]]) -> None:
        """Show what `make` returns for a width."""
        self._make = make
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the lines."""
        return self._make(width)


def verdict_look(answer: PreflightResult) -> Look:
    """Return how an answer is marked."""
    if answer.ok:
        return STATUSES[Status.PASS]
    if not answer.complete and not answer.fails:
        return STATUSES[Status.UNKNOWN]
    return STATUSES[Status.FAIL]


def progress_lines(progress: Progress | None, width: int) -> list[Content]:
    """Return a bar, and what was read at which rate, in two lines."""
    if progress is None:
        return [Content.styled("─" * width, "$faint"), _muted("Opening the file…", width)]
    share = min(progress.done / progress.size, 1.0) if progress.size else 0.0
    full = round(share * (width - 6))
    bar = Content.assemble(
        ("━" * full, "$accent"), ("─" * (width - 6 - full), "$faint"), (f"  {share:4.0%}", "$foreground")
    )
    left = "" if progress.remaining is None else f"   {duration(progress.remaining)} left"
    told = (
        f"{counted(progress.rows, 'record')}   {progress.done / 1e6:,.1f} of {progress.size / 1e6:,.1f} MB   "
        f"{progress.rate / 1e6:,.1f} MB/s{left}"
    )
    return [bar, _muted(told, width)]


def reason_line(reason: ReasonCount, answer: PreflightResult, width: int) -> Content:
    """Return one bar of the histogram of reasons."""
    rejects = REASON[reason.code].rejects
    look = STATUSES[Status.FAIL if rejects else Status.WARN]
    share = reason.rows / answer.rows if answer.rows else 0.0
    most = max((one.rows for one in answer.reasons), default=1)
    head = f"{reason.code.value:<{_CODE_WIDTH}} {reason.rows:>{_ROWS_WIDTH},} {share:>7.2%}  "
    room = max(width - 2 - len(head), _LEAST_BAR)
    bar = "━" * max(1, round(room * reason.rows / most))
    return Content.assemble((f"{look.glyph} ", look.style), head, (bar, look.style))


def reason_lines(reason: ReasonCount, width: int, *, reveal: bool) -> list[Content]:
    """Return what a reason means, what to do, and its first lines."""
    told = REASON[reason.code]
    said = f"{told.means} The import says: {told.words}." if told.rejects else f"{told.means} It is {told.words}."
    lines = hanging(Content.styled("why   ", "$muted"), said, width)
    lines += hanging(Content.styled("do    ", "$muted"), told.remedy, width)
    if len(reason.columns) > 1:
        parts = ", ".join(f"{visible(name, 40)} {rows:,}" for name, rows in reason.columns.items())
        lines += hanging(Content.styled("in    ", "$muted"), parts, width)
    lines += hanging(Content.styled("lines ", "$muted"), _first_words(reason), width, "$muted")
    return [*lines, *sample_lines(reason, width, reveal=reveal)]


def sample_lines(reason: ReasonCount, width: int, *, reveal: bool) -> list[Content]:
    """Return the first lines of a reason, each with the column to blame and what stands there."""
    by_line = {sample.line: sample for sample in reason.samples}
    names = max((cell_len(visible(one.column or "", 24)) for one in reason.samples), default=0)
    lines = []
    for number in reason.lines:
        sample = by_line.get(number)
        head = Content.styled(f"{number:>12,}  ", "$accent")
        if sample is None:
            lines.append(head)
            continue
        name = f"{visible(sample.column or '', 24):<{names}}  " if names else ""
        if sample.fields is not None:
            name = f"{counted(sample.fields, 'field')}  "
        room = max(width - head.cell_length - cell_len(name), 4)
        lines.append(head + Content.styled(name, "$muted") + Content(fit(_value(sample, reveal), room).rstrip()))
    return lines


def _first_words(reason: ReasonCount) -> str:
    many = f"the first {len(reason.lines)} of {reason.rows:,}" if reason.rows > len(reason.lines) else "all of them"
    shown = "; letters stand as x, digits as 9" if any(one.shape for one in reason.samples) else ""
    return f"{many}{shown}"


def _value(sample: Sample, reveal: bool) -> str:
    if reveal and sample.value is not None:
        return visible(sample.value.reveal(), _SHOWN_VALUE) or "(empty)"
    return sample.shape or "(empty)"


def column_lines(answer: PreflightResult, width: int) -> list[Content]:
    """Return the columns of the file: carried or not, and why."""
    if not answer.columns:
        return [_muted("No column names were read.", width)]
    carried = sum(one.carried for one in answer.columns)
    head = Content.assemble(
        ("→ ", "$success"), f"{carried} carried   ", ("· ", "$warning"), f"{len(answer.columns) - carried} not", "   "
    )
    names = min(max(cell_len(visible(one.name, 60)) for one in answer.columns), max(width * 2 // 5, 12))
    types = max((len(one.type) for one in answer.columns), default=0)
    lines = [head + Content.styled("share of records with a value", "$muted")]
    for one in answer.columns:
        lines += _column_lines(one, answer.rows, names, types, width)
    return lines


def _column_lines(one: ColumnCount, rows: int, names: int, types: int, width: int) -> list[Content]:
    share = f"{one.filled / rows:>4.0%}" if rows else "    "
    mark, style = ("→ ", "$success") if one.carried else ("· ", "$warning")
    head = Content.assemble((mark, style), f"{fit(one.name, names)} {share}  ", (f"{one.type:<{types}}  ", "$muted"))
    return hanging(head, one.why, width, "" if one.carried else "$muted")


def match_lines(answer: PreflightResult, width: int) -> list[Content]:
    """Return the counts of the match column, and the first of the records that overwrite each other."""
    match = answer.match
    facts = [
        ("column", visible(match.column, 60) or "none"),
        ("empty", f"{counted(match.empty, 'record')}, which the import rejects"),
        ("distinct", f"{counted(match.distinct, 'value')}, each a person"),
        ("duplicates", f"{counted(match.duplicate_rows, 'record')} that a later one overwrites"),
    ]
    lines = [line for word, text in facts for line in hanging(Content.styled(f"{word:<12}", "$muted"), text, width)]
    if match.examples:
        lines += [Content(""), _muted("The first of them; the last line stays:", width)]
        for one in match.examples:
            said = f"lines {', '.join(f'{line:,}' for line in one.lines)}; {one.wins:,} stays"
            lines += hanging(Content("  "), said, width)
    return lines


def all_findings(answer: PreflightResult | None, unseen: tuple[str, ...], width: int) -> list[Content]:
    """Return what could not be seen, then the findings, those that want something done first."""
    lines: list[Content] = []
    for words in unseen:
        lines += [*hanging(Content.styled("? ", "$warning"), words, width, "$muted"), Content("")]
    findings = sorted(answer.findings if answer else (), key=lambda one: one.status is Status.PASS)
    for finding in findings:
        lines += [*finding_in_lines(finding, width), Content("")]
    return lines or [_muted("Nothing was found yet.", width)]


_STAGES = (
    (Stage.MADE, "Pair made"),
    (Stage.READ, "File read with it"),
    (Stage.REPLACED, "Export back at the right key"),
)


def key_lines(told: RehearsalState, todo: NextStep, finding: Finding | None, width: int) -> list[Content]:
    """Return how far the rehearsal is, what was found, and what to do now."""
    order = [stage for stage, _ in _STAGES]
    reached = order.index(told.stage) if told.stage in order else -1
    lines = []
    for at, (_, words) in enumerate(_STAGES):
        glyph, style = ("✓", "$success") if at <= reached else ("○", "$faint")
        lines.append(Content.assemble((f"{glyph} ", style), (words, "" if at <= reached else "$faint")))
    if told.stage is Stage.READ:
        lines += [
            Content(""),
            *hanging(Content.styled("! ", "$warning"), "The export still uses the rehearsal key.", width),
        ]
    if finding is not None:
        lines += [Content(""), *finding_in_lines(finding, width)]
    lines += [Content(""), *hanging(Content.styled("Now  ", "bold $accent"), todo.title, width, "bold")]
    if told.removed:
        said = f"The pair is removed here. {visible(told.removed, 60)} can be deleted in Responsys too, if offered."
        lines += hanging(Content("     "), said, width, "$muted")
    for text in todo.lines:
        lines += hanging(Content("     "), text, width)
    for number, visit in enumerate(todo.visits, 1):
        lines += _visit_lines(number, visit, width)
    return lines


def _visit_lines(number: int, visit: Visit, width: int) -> list[Content]:
    where = f"{site_heading(visit)}: {' ▸ '.join(visit.clicks)}"
    lines = hanging(Content.styled(f"  {number}  ", "$accent"), where, width)
    for line in visit_lines(visit, {}):
        lines += hanging(Content.assemble("     ", (f"{line.label}  ", "$muted")), line.shown, width)
    if visit.note:
        lines += hanging(Content("     "), visit.note, width, "$muted")
    return lines


def _muted(text: str, width: int) -> Content:
    return Content.styled(fit(text, width), "$muted")
