"""What `preflight` prints for people."""

from __future__ import annotations

from cxr_tui.domain.finding import Status
from cxr_tui.domain.text import counted, visible
from cxr_tui.preflight.format import duration, headline
from cxr_tui.preflight.result import PreflightResult, ReasonCount
from cxr_tui.preflight.runner import Progress
from cxr_tui.preflight.validation.rules import REASON
from cxr_tui.presentation.badges import STATUSES
from cxr_tui.presentation.findings import finding_lines

_BAR = 24
_LINES = 5


def progress_line(progress: Progress) -> str:
    """Return how far the reading is, in one line."""
    share = f"{progress.done / progress.size:4.0%}" if progress.size else ""
    left = "" if progress.remaining is None else f", {duration(progress.remaining)} left"
    return f"{share}  {counted(progress.rows, 'record')}, {progress.rate / 1e6:.0f} MB/s{left}"


def answer_text(answer: PreflightResult) -> str:
    """Return an answer as lines for people."""
    lines = [headline(answer)]
    lines += [line for one in answer.findings for line in finding_lines(one)]
    if answer.reasons:
        lines += ["", "Reasons", *(text for one in answer.reasons for text in _reason(one, answer.rows))]
    if answer.columns:
        width = max(len(visible(one.name, 60)) for one in answer.columns)
        lines += ["", "Columns"]
        for one in answer.columns:
            share = f"{one.filled / answer.rows:5.0%}" if answer.rows else "     "
            mark = "→" if one.carried else "·"
            lines.append(f"  {mark} {visible(one.name, 60):<{width}}  {share} filled  {visible(one.why, 120)}")
    return "\n".join(lines)


def _reason(one: ReasonCount, rows: int) -> list[str]:
    reason = REASON[one.code]
    share = one.rows / rows if rows else 0
    bar = "█" * max(1, round(share * _BAR))
    column = f" in {visible(one.column, 60)}" if one.column else ""
    said = ", ".join(f"{line:,}" for line in one.lines[:_LINES])
    mark = STATUSES[Status.FAIL if reason.rejects else Status.WARN].glyph
    lines = [
        f"  {mark} {one.code.value:<18}{one.rows:>12,}  {share:6.2%} {bar}",
        f"      {reason.means} {reason.words}{column}; lines {said}{', …' if one.rows > _LINES else ''}",
    ]
    if one.samples:
        sample = one.samples[0]
        fields = "" if sample.fields is None else f"{counted(sample.fields, 'field')}: "
        lines.append(f"      such as {fields}{sample.shape}  (line {sample.line:,}; letters as x, digits as 9)")
    return lines
