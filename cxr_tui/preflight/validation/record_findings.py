"""Findings about the records of a file: the effect of their counts on the import."""

from __future__ import annotations

from cxr_tui.domain.date_formats import DAY_FIRST, MONTH_FIRST, STANDARD
from cxr_tui.domain.finding import Report
from cxr_tui.domain.text import counted, visible
from cxr_tui.preflight.import_options import delimiter_name
from cxr_tui.preflight.result import MatchCount
from cxr_tui.preflight.validation.duplicates import MOST_RECORDS
from cxr_tui.preflight.validation.file_findings import report_empty
from cxr_tui.preflight.validation.rules import REASON, Code
from cxr_tui.preflight.validation.validator import FileValidator

_LOST = frozenset({"the list has no such column", "not in the mapping", "an earlier column has the same name"})
_DATE_SETTING = (
    "A Responsys account has one date format for uploads and one for downloads. CX Audience probably has the same "
    "setting."
)


def report_records(file: FileValidator, match: MatchCount, report: Report, *, fails: bool) -> None:
    """Report the counts; `fails`: the import would fail completely."""
    if not file.rows:
        report_empty(report, "The file holds only column names and no record.")
        return
    _report_field_counts(file, report)
    _report_rejected(file, report, fails=fails)
    _report_dates(file, report)
    if not fails:
        _report_losses(file, report)
    report_duplicates(match, report)
    _report_members(file, report)


def _report_field_counts(file: FileValidator, report: Report) -> None:
    counts, form = file.field_counts, file.options.form
    width = file.layout.width
    if counts.more and counts.one_empty_more == counts.more and counts.more + counts.fewer == file.rows:
        report.fail(
            "trailing-delimiter",
            f"Every record ends with a delimiter and so has {width + 1} fields for {width} columns.",
            f"The import rejects such records ({REASON[Code.COLUMN_COUNT].words}).",
            "Let the export job run again. If a program between export and import adds the delimiter, remove it.",
        )
    elif counts.more and not form.enclosure:
        free = file.free_delimiters()
        report.fail(
            "delimiter-in-data",
            f"{counted(counts.more, 'record')} with more fields than there are columns ({width}), the first on line "
            f"{counts.first_more:,}.",
            f"Without an enclosure, a delimiter ({delimiter_name(form.delimiter)}) within a value splits it, and the "
            f"import rejects the record ({REASON[Code.COLUMN_COUNT].words}).",
            f"Choose {free[0]} as Field delimiter on both sides: it does not occur in this file."
            if free
            else "Remove the delimiter from the values in Responsys: this file contains every usual delimiter.",
        )
    if not counts.fewer:
        return
    seen = (
        f"{counted(counts.fewer, 'record')} with fewer fields than there are columns ({width}), the first on line "
        f"{counts.first_fewer:,}."
    )
    why = f"The import rejects such records ({REASON[Code.COLUMN_COUNT].words})."
    if counts.fewer == 1 and counts.first_fewer == file.last_line:
        report.fail(
            "trailing-line",
            f"{seen} It is the last line.",
            f"It is probably a trailer, such as a record count, and not a record. {why}",
            "Remove the trailer from the export. If the line is the start of a record, the file was cut off: let the "
            "job run again.",
        )
        return
    report.fail(
        "fields-missing",
        seen,
        f"A line break within a value probably splits a record in two, or a line holds padding or a total. {why} A "
        "first half with all fields is accepted, and its last value is cut off.",
        "Check these lines and the lines before them, and remove the line breaks from the values in Responsys.",
    )


def _report_rejected(file: FileValidator, report: Report, *, fails: bool) -> None:
    if not file.rejected:
        if not fails:
            taken = "The one record" if file.rows == 1 else f"All {file.rows:,} records"
            report.passed("rows-accepted", f"{taken} would be accepted.")
        return
    rejecting = [one for one in file.reasons() if REASON[one.code].rejects]
    parts = [f"{one.rows:,} {one.code} ({REASON[one.code].words})" for one in rejecting]
    report.fail(
        "rows-rejected",
        f"{file.rejected:,} of {counted(file.rows, 'record')} would be rejected: {'; '.join(parts)}.",
        "These records are missing in CX Audience, or keep their old values.",
        REASON[rejecting[0].code].remedy,
    )


def _report_dates(file: FileValidator, report: Report) -> None:
    upload = file.options.target.date_format
    in_order = {}
    for position, column in file.dates.items():
        formats = column.formats()
        shown = visible(file.layout.names[position], 60)
        if len(formats) > 1:
            parts = [
                f"{column.counts[names]:,} {' or '.join(names)} (first on line {column.first_line[names]:,})"
                for names in formats[:4]
            ]
            report.warn(
                "date-format-mixed",
                f"{shown} is in more than one format: {'; '.join(parts)}.",
                f"{_DATE_SETTING} Values in another format are probably rejected or misread.",
                "Correct the values in Responsys so that all are in one format.",
            )
        elif formats and len(formats[0]) > 1:
            report.warn(
                "date-format-ambiguous",
                f"Every value of {shown} fits both {MONTH_FIRST} and {DAY_FIRST}: no day or month is over 12.",
                "If the import reads the other format, it swaps day and month without a message.",
                "Compare the date format for downloads in Responsys with the one for uploads in CX Audience.",
            )
        elif formats:
            in_order[shown] = formats[0][0]
    for shown, name in in_order.items():
        if name == (upload or STANDARD):
            continue
        swapped = (
            " Where day and month are both 12 or less, they are swapped without a message."
            if {name, upload} == {MONTH_FIRST, DAY_FIRST}
            else ""
        )
        report.warn(
            "date-format-differs",
            f"{shown} is in {name}; "
            + (f"the date format for uploads is {upload}." if upload else "the date format for uploads is not known."),
            f"{_DATE_SETTING} Values in another format are probably rejected or misread.{swapped}",
            f"Set the date format for uploads in CX Audience to {name}, or the one for downloads in Responsys to "
            f"{upload or STANDARD}. The setting applies to the whole account.",
        )
    if in_order and all(name == (upload or STANDARD) for name in in_order.values()):
        report.passed("date-format", f"{', '.join(in_order)}: {upload or STANDARD}.")


def _report_losses(file: FileValidator, report: Report) -> None:
    names = {one.code: one for one in file.reasons() if not REASON[one.code].rejects}
    for code, found in names.items():
        reason = REASON[code]
        columns = ", ".join(visible(one.name, 60) for one in file.columns() if one.name in found.columns)
        examples = f", such as line {' and '.join(f'{line:,}' for line in found.lines[:2])}"
        report.warn(
            code.value,
            f"{counted(found.rows, 'record')}: {columns}{examples if code in _BY_LINE else ''}.",
            f"{reason.means} It is {reason.words}.",
            reason.remedy,
        )
    empty = [one.name for one in file.columns() if one.carried and not one.filled]
    if empty:
        report.warn(
            "column-empty",
            f"No record has a value in {', '.join(visible(name, 60) for name in empty[:8])}.",
            "The import probably deletes the values that CX Audience has in this column.",
            "Remove the column from the mapping, unless this is intended.",
        )
    lost = [one for one in file.columns() if one.why in _LOST and one.filled]
    if lost:
        report.warn(
            "column-not-carried",
            "; ".join(f"{visible(one.name, 60)}: {one.why}" for one in lost[:8]) + ".",
            "Its values do not reach CX Audience, and the import shows no message.",
            "If CX Audience needs the column, add it under Change Schema with the same type, and to the mapping.",
        )


_BY_LINE = (Code.CHARSET_DOUBTFUL, Code.LETTER_LOST)


def report_duplicates(match: MatchCount, report: Report) -> None:
    """Report the values of the match column that records share."""
    if match.duplicate_rows:
        example = match.examples[0]
        report.warn(
            "match-duplicates",
            f"{match.duplicate_rows:,} records share {match.column} with a later one, such as lines "
            f"{', '.join(str(line) for line in example.lines[:4])}.",
            f"They become one record with the values of the last line (here {example.wins}).",
            "Choose a match column with a unique value in each record, if there is one.",
        )
    if not match.complete:
        report.unknown(
            "match-duplicates-unseen",
            f"Only the first {MOST_RECORDS:,} records were compared with each other.",
            "The memory limit of this check allows no more, so the count of shared values may be too low.",
            "If shared values matter, split the file.",
        )


def _report_members(file: FileValidator, report: Report) -> None:
    members = file.options.target.members
    if members is None:
        return
    seen = f"The file holds {counted(file.rows, 'record')}, the list {members:,}."
    if file.rows == members:
        report.passed("record-count", seen)
    else:
        report.warn(
            "record-count-differs",
            seen,
            "Part of the list is missing from the file, or the list has changed since the export.",
            "Check Select object of the export job for a filter, then the log of its run.",
        )
