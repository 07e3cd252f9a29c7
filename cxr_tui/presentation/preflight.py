"""How a preflight reads: its progress, its result, and how a file is read."""

from __future__ import annotations

from cxr_tui.domain.finding import Status
from cxr_tui.domain.text import counted, visible
from cxr_tui.preflight.import_options import ImportOptions, delimiter_name
from cxr_tui.preflight.result import PreflightResult, ReasonCount
from cxr_tui.preflight.runner import Progress
from cxr_tui.preflight.validation.rules import REASON
from cxr_tui.presentation.badges import STATUSES
from cxr_tui.presentation.findings import finding_lines

_BAR = 24
_LINES = 5


def duration(seconds: float) -> str:
    """Return seconds in words."""
    whole = int(seconds + 0.5)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def headline(result: PreflightResult) -> str:
    """Return a result in one line."""
    took = f"{result.bytes / 1e6:,.0f} MB of text in {duration(result.seconds)}"
    if not result.complete and not result.columns:
        return "Preflight cannot read this file."
    if not result.complete:
        return f"Preflight could validate only a part of the file: {counted(result.rows, 'record')}, {took}."
    if result.fails:
        return f"The import would fail completely: {counted(result.rows, 'record')}, none accepted, {took}."
    return f"{counted(result.rows, 'record')}: {result.accepted:,} accepted, {result.rejected:,} rejected, {took}."


def options_line(options: ImportOptions) -> str:
    """Return how a file is read and where its records go, in one line."""
    form, target = options.form, options.target
    enclosure = f"enclosed in {form.enclosure}" if form.enclosure else "no enclosure"
    read = f"{delimiter_name(form.delimiter)}, {enclosure}, {form.charset}{'' if form.header else ', no column names'}"
    to_list = f" → {visible(target.list_name, 60)}" if target.list_name else ""
    return f"{read}{to_list}{f' by {visible(target.match_column, 60)}' if target.match_column else ''}"


def progress_line(progress: Progress) -> str:
    """Return the progress in one line."""
    share = f"{progress.done / progress.size:4.0%}" if progress.size else ""
    left = "" if progress.remaining is None else f", {duration(progress.remaining)} left"
    return f"{share}  {counted(progress.rows, 'record')}, {progress.rate / 1e6:.0f} MB/s{left}"


def result_text(result: PreflightResult) -> str:
    """Return a result as lines of text."""
    lines = [headline(result)]
    lines += finding_lines(result.findings)
    if result.reasons:
        lines += ["", "Reasons", *(text for one in result.reasons for text in _reason(one, result.rows))]
    if result.columns:
        width = max(len(visible(one.name, 60)) for one in result.columns)
        lines += ["", "Columns"]
        for one in result.columns:
            share = f"{one.filled / result.rows:5.0%}" if result.rows else "     "
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
