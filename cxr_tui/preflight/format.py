"""What preflight has to say, in words, for screens and commands alike."""

from __future__ import annotations

from cxr_tui.domain.text import counted, visible
from cxr_tui.preflight.import_options import ImportOptions, delimiter_name
from cxr_tui.preflight.result import PreflightResult


def duration(seconds: float) -> str:
    """Return seconds in words."""
    whole = int(seconds + 0.5)
    return f"{whole} s" if whole < 120 else f"{whole // 60} min {whole % 60} s"


def headline(answer: PreflightResult) -> str:
    """Return what an import would come to, in one line."""
    took = f"{answer.bytes / 1e6:,.0f} MB of text in {duration(answer.seconds)}"
    if not answer.complete and not answer.columns:
        return "The file cannot be read here."
    if not answer.complete:
        return f"Not all of the file could be judged: {counted(answer.rows, 'record')} so far, {took}."
    if answer.fails:
        return f"The import would fail as a whole: {counted(answer.rows, 'record')}, none taken, {took}."
    return f"{counted(answer.rows, 'record')}: {answer.accepted:,} taken, {answer.rejected:,} rejected, {took}."


def form_words(plan: ImportOptions) -> str:
    """Return how a file is read and where its records go, in one line."""
    form, target = plan.form, plan.target
    enclosure = f"enclosed in {form.enclosure}" if form.enclosure else "no enclosure"
    read = f"{delimiter_name(form.delimiter)}, {enclosure}, {form.charset}{'' if form.header else ', no column names'}"
    goes = f" → {visible(target.list_name, 60)}" if target.list_name else ""
    return f"{read}{goes}{f' by {visible(target.match_column, 60)}' if target.match_column else ''}"
