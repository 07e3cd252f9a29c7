"""Preflight in rows and paragraphs: a result, the reading in progress, and the rehearsal."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from rich.cells import cell_len
from textual.content import Content

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.instruction import Instruction
from cxr_tui.domain.text import counted, visible
from cxr_tui.preflight.rehearsal_key.stage import Stage
from cxr_tui.preflight.rehearsal_key.state import RehearsalState
from cxr_tui.preflight.result import ColumnCount, PreflightResult, ReasonCount, Sample
from cxr_tui.preflight.validation.rules import REASON
from cxr_tui.presentation.badges import STATUSES, Look
from cxr_tui.presentation.preflight import headline
from cxr_tui.tui.widgets.findings import finding_blocks
from cxr_tui.tui.widgets.instructions import todo_blocks
from cxr_tui.tui.widgets.table import Cell
from cxr_tui.tui.widgets.text_block import Block, Paragraph, fit, hanging

_BESIDE_BAR = 50
"""Cells that a row of a reason needs beside its bar."""
_LEAST_BAR = 6
_SHOWN_VALUE = 60


def summary_lines(answer: PreflightResult | None, note: str, width: int) -> list[Content]:
    """Return in two lines what an import would do, and which file that was."""
    if answer is None:
        return [Content.styled(fit(note, width), "$muted"), Content("")]
    look = verdict_look(answer)
    head = Content.styled(f"{look.glyph} ", look.style)
    return [head + Content.styled(fit(headline(answer), width - 2), "bold"), Content.styled(fit(note, width), "$muted")]


def verdict_look(answer: PreflightResult) -> Look:
    """Return how a result is marked."""
    if answer.ok:
        return STATUSES[Status.PASS]
    if not answer.complete and not answer.fails:
        return STATUSES[Status.UNKNOWN]
    return STATUSES[Status.FAIL]


def reason_cells(answer: PreflightResult, width: int) -> list[dict[str, Cell]]:
    """Return a row for each reason: its records, their share, and a bar in a window of this width."""
    most = max((one.rows for one in answer.reasons), default=1)
    room = max(width - _BESIDE_BAR, _LEAST_BAR)
    rows = []
    for reason in answer.reasons:
        look = STATUSES[Status.FAIL if REASON[reason.code].rejects else Status.WARN]
        share = reason.rows / answer.rows if answer.rows else 0.0
        rows.append(
            {
                "Reason": (f"{look.glyph} {reason.code.value}", look.style),
                "Records": (f"{reason.rows:>9,}", ""),
                "Share": (f"{share:>7.2%}", ""),
                "": ("━" * max(1, round(room * reason.rows / most)), look.style),
            }
        )
    return rows


def reason_blocks(reason: ReasonCount, *, reveal: bool) -> Iterator[Block]:
    """Yield what a reason means, how to fix it, and its first lines."""
    rule = REASON[reason.code]
    said = f"{rule.means} The import says: {rule.words}." if rule.rejects else f"{rule.means} It is {rule.words}."
    yield from (Paragraph(said, head="Why   "), Paragraph(rule.remedy, head="Fix   "))
    if len(reason.columns) > 1:
        parts = ", ".join(f"{visible(name, 40)} {rows:,}" for name, rows in reason.columns.items())
        yield Paragraph(parts, head="In    ")
    yield Paragraph(_first_words(reason), style="$muted", head="Lines ")
    yield partial(_sample_lines, reason, reveal)


def _sample_lines(reason: ReasonCount, reveal: bool, width: int) -> list[Content]:
    """Return the first lines of a reason, each with the column at fault and its value."""
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
    shown = "; letters are shown as x, digits as 9" if any(one.shape for one in reason.samples) else ""
    return f"{many}{shown}"


def _value(sample: Sample, reveal: bool) -> str:
    if reveal and sample.value is not None:
        return visible(sample.value.reveal(), _SHOWN_VALUE) or "(empty)"
    return sample.shape or "(empty)"


def column_lines(answer: PreflightResult, width: int) -> list[Content]:
    """Return the columns of the file: carried or not, and why."""
    if not answer.columns:
        return [Content.styled("No column names were read.", "$muted")]
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


def match_blocks(answer: PreflightResult) -> Iterator[Block]:
    """Yield the counts of the match column, and the first of the records that overwrite each other."""
    match = answer.match
    facts = [
        ("column", visible(match.column, 60) or "none"),
        ("empty", f"{counted(match.empty, 'record')}, which the import rejects"),
        ("distinct", f"{counted(match.distinct, 'value')}, each a person"),
        ("duplicates", f"{counted(match.duplicate_rows, 'record')} that a later one overwrites"),
    ]
    for word, text in facts:
        yield Paragraph(text, head=f"{word:<12}")
    if match.examples:
        yield from (Paragraph(), Paragraph("The first of them; the last line stays:", style="$muted"))
    for one in match.examples:
        yield Paragraph(f"lines {', '.join(f'{line:,}' for line in one.lines)}; {one.wins:,} stays", 2)


def result_findings(answer: PreflightResult | None, unseen: tuple[str, ...]) -> list[Block]:
    """Return what could not be checked, then the findings, those that need something done first."""
    blocks: list[Block] = []
    for words in unseen:
        blocks += [Paragraph(words, style="$muted", head=Content.styled("? ", "$warning")), Paragraph()]
    for finding in sorted(answer.findings if answer else (), key=lambda one: one.status is Status.PASS):
        blocks += [*finding_blocks(finding), Paragraph()]
    return blocks or [Paragraph("No findings yet.", style="$muted")]


_STAGES = (Stage.MADE, Stage.READ)
_STAGE_WORDS = ("Pair made", "File read with it", "Export back at the right key")


def key_blocks(rehearsal: RehearsalState, todo: Instruction, finding: Finding | None) -> Iterator[Block]:
    """Yield how far the rehearsal is, what was found, and what to do now."""
    reached = _STAGES.index(rehearsal.stage) if rehearsal.stage in _STAGES else -1
    for at, words in enumerate(_STAGE_WORDS):
        glyph, style = ("✓", "$success") if at <= reached else ("○", "$faint")
        yield Paragraph(words, style="" if at <= reached else "$faint", head=Content.styled(f"{glyph} ", style))
    if rehearsal.stage is Stage.READ:
        yield Paragraph()
        yield Paragraph("The export still uses the rehearsal key.", head=Content.styled("! ", "$warning"))
    if finding is not None:
        yield from (Paragraph(), *finding_blocks(finding))
    removed = visible(rehearsal.removed, 60) if finding is None else ""
    said = f"The pair is removed here. {removed} can be deleted in Responsys too, if offered."
    yield Paragraph()
    yield from todo_blocks(todo, *([Paragraph(said, 5, "$muted")] if removed else []))
