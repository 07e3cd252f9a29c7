"""Resolves where each column of a file goes: compares the header line with the mapping and the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxr_tui.domain.certainty import documented, inferred
from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import DELIMITERS, MATCH_COLUMNS, Column, ListSchema, column_key
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.columns import RECORD_ID, mapping_problems, never_synced, proposed_mapping
from cxr_tui.preflight.import_options import ImportOptions, ImportOptionsError, Target, delimiter_name
from cxr_tui.preflight.validation.rules import KEPT_BY_THE_LIST, SYSTEM_TYPES

_SHOWN = 8
"""Names listed in one sentence."""
_MAPPING_PAGE = "Open Target Definition of the import job"


@dataclass(frozen=True)
class MappedColumn:
    """A column of the file that goes to a column of the list."""

    position: int
    """Counted from 0 in the record."""
    column: str
    """Name in the list."""
    kind: str
    """Type in the list; empty: not known, and any value is taken."""


@dataclass(frozen=True)
class ColumnLayout:
    """The fields of a record."""

    names: tuple[str, ...]
    """Of the file's columns; of the mapping where there is no header line."""
    mapped: tuple[MappedColumn, ...]
    """In the order of the mapping."""
    not_carried: Mapping[int, str]
    """The reason why a column is not carried, by position."""
    match_column: str
    fails: bool
    """The import would fail before it reads a record."""

    @property
    def width(self) -> int:
        """Number of fields of a record."""
        return len(self.names)

    @property
    def match(self) -> MappedColumn | None:
        """The column of the file that the records are matched by."""
        return self.mapped_to(self.match_column)

    def mapped_to(self, column: str) -> MappedColumn | None:
        """Return the first column of the file that goes to a column of the list."""
        return next((one for one in self.mapped if one.column == column), None)


def resolve_columns(header: Sequence[str] | None, options: ImportOptions, report: Report) -> ColumnLayout:
    """Return where every column goes, and report mistakes in header and mapping; ImportOptionsError.

    `header` holds the fields of the first record; None: the file has no column names, so the mapping goes by position
    (inferred).
    """
    target = options.target
    if header is None:
        if not target.mapping:
            raise ImportOptionsError("a file without column names needs a mapping, in the order of its columns")
        names = tuple(target.mapping)
    else:
        names = tuple(name.strip() for name in header)
        if not _knows_any(names, target):
            _report_unknown_header(names, options, report)
            # the line may be a person's record in place of names, so it is not shown
            nameless = tuple(f"column {number}" for number in range(1, len(names) + 1))
            why = dict.fromkeys(range(len(names)), "it has no name")
            return ColumnLayout(nameless, (), why, target.match_column, fails=True)
    mapping = target.mapping if target.mapping is not None else _by_name(names, target)
    spelled = {column_key(name): name for name in (*(column.name for column in target.columns), *SYSTEM_TYPES)}
    mapping = {incoming: spelled.get(column_key(column), column) for incoming, column in mapping.items()}
    match_column = spelled.get(column_key(target.match_column), target.match_column) or next(
        (name for name in MATCH_COLUMNS if name in mapping.values()), MATCH_COLUMNS[0]
    )
    fails = _check_mapping(mapping, match_column, target, report)
    known = {name.upper(): position for position, name in reversed(list(enumerate(names)))}
    if header is not None:
        _check_names(names, mapping, report)
    missing = [incoming for incoming in mapping if incoming.upper() not in known]
    if missing:
        fails = True
        report.fail(
            "mapped-column-missing",
            f"The file has no column {_listed(missing)}, which the mapping names.",
            "The import probably fails completely.",
            f"{_MAPPING_PAGE} and map columns that the file has, or export these columns.",
        )
    kinds = dict(SYSTEM_TYPES) | {spelled[column_key(column.name)]: column.type.upper() for column in target.columns}
    mapped = tuple(
        MappedColumn(known[incoming.upper()], column, kinds.get(column, ""))
        for incoming, column in mapping.items()
        if incoming.upper() in known and column != RECORD_ID
    )
    return ColumnLayout(names, mapped, _not_carried(names, mapped, mapping, target), match_column, fails)


def _by_name(names: Sequence[str], target: Target) -> dict[str, str]:
    """Return the mapping that the wizard would suggest: columns of the same name that no product fills itself."""
    known = {column.name.upper(): column.name for column in target.columns}
    if not known:
        known = {name.upper(): name.upper() if name.upper() in SYSTEM_TYPES else name for name in reversed(names)}
    incoming = {known[name.upper()]: name for name in reversed(names) if name.upper() in known}
    carried = [known[name.upper()] for name in dict.fromkeys(names) if name.upper() in known]
    match_column = target.match_column or next((name for name in MATCH_COLUMNS if name in incoming), "")
    return {incoming.get(column, column): column for column in proposed_mapping(carried, match_column)}


def _check_mapping(mapping: Mapping[str, str], match_column: str, target: Target, report: Report) -> bool:
    columns = (*target.columns, Column(RECORD_ID, "INTEGER"))
    schema = ListSchema(target.list_name or "the list", columns) if target.columns else None
    found = mapping_problems(mapping, None, schema, match_column)
    problems = [one.text for one in found if not one.guessed]
    doubtful = [one.text for one in found if one.guessed]
    if problems:
        report.fail(
            "mapping-wrong",
            " ".join(problems[:_SHOWN]),
            "The import job cannot be activated, or it loads values into the wrong columns.",
            f"{_MAPPING_PAGE} and correct these lines.",
        )
    if doubtful:
        report.fail(
            "mapping-wrong",
            " ".join(doubtful[:_SHOWN]),
            "The import may load values into the wrong column. Oracle does not say whether it allows this.",
            f"{_MAPPING_PAGE} and remove these lines, unless they are intended.",
            ground=inferred("C.6"),
        )
    return bool(problems)


def _check_names(names: Sequence[str], mapping: Mapping[str, str], report: Report) -> None:
    upper = [name.upper() for name in names]
    repeated = sorted({name for name in names if name and upper.count(name.upper()) > 1})
    if repeated:
        report.warn(
            "header-repeated",
            f"The header names {_listed(repeated)} more than once.",
            "The import reads only the first column of each name.",
            "Export each column once.",
        )
    nameless = sum(1 for name in names if not name)
    if nameless:
        report.warn(
            "header-nameless",
            f"{nameless} columns have no name.",
            "They cannot be mapped. The usual reason is a delimiter other than the one in the file.",
            "Compare Field delimiter in Destination Specification and Source Specification.",
        )
    other_case = sorted({name for name in names if name not in mapping and name.upper() in map(str.upper, mapping)})
    if other_case:
        report.warn(
            "header-case",
            f"{_listed(other_case)}: upper and lower case differ from the mapping.",
            "The import probably ignores case and finds these columns.",
            "If the import reports a missing column, use the same spelling in the mapping.",
        )


def _knows_any(names: Sequence[str], target: Target) -> bool:
    known = {*map(str.upper, target.mapping or {}), *(column.name.upper() for column in target.columns), *SYSTEM_TYPES}
    return any(name.upper() in known for name in names)


def _report_unknown_header(names: Sequence[str], options: ImportOptions, report: Report) -> None:
    """Report why no name in the first line is known: quotation marks, another delimiter, or no names at all."""
    form = options.form
    in_marks = [name[1:-1] for name in names if name[:1] == name[-1:] == '"']
    if not form.enclosure and _knows_any(in_marks, options.target):
        report.fail(
            "enclosure-on",
            "The column names in the first line are in quotation marks.",
            "The import reads without an enclosure, so the marks become part of names and values.",
            "Set Field enclosure to None in Destination Specification of the export job.",
        )
        return
    line = form.delimiter.join(names)
    for name, sign in DELIMITERS.items():
        if sign != form.delimiter and sign in line and _knows_any(line.split(sign), options.target):
            report.fail(
                "delimiter-differs",
                f"The delimiter in the file is {name}; the import expects {delimiter_name(form.delimiter)}.",
                "The import finds none of its columns.",
                f"Set Field delimiter to {name} in Source Specification, or change it in Destination Specification.",
            )
            return
    report.fail(
        "header-off",
        "The first line holds no known column name: it is a record, or the delimiter is different.",
        "The import reads the first line as column names. It probably fails, and that record is lost.",
        "Select Insert column header as first line in Destination Specification of the export job, and compare Field "
        "delimiter on both sides.",
        ground=documented("G.4"),
    )


def _not_carried(
    names: Sequence[str], mapped: Sequence[MappedColumn], mapping: Mapping[str, str], target: Target
) -> dict[int, str]:
    columns = {column.name.upper() for column in target.columns}
    taken = {one.position: one for one in mapped}
    before: set[str] = set()
    reasons = {}
    for position, name in enumerate(names):
        upper = name.upper()
        if position in taken:
            if taken[position].column in KEPT_BY_THE_LIST:
                reasons[position] = "the list keeps its own date"
        elif upper in before:
            reasons[position] = "an earlier column has the same name"
        elif upper == RECORD_ID:
            reasons[position] = "each product numbers its records itself"
        elif never_synced(name):
            reasons[position] = "permission and deliverability stay in Responsys"
        elif columns and upper not in columns:
            reasons[position] = "the list has no such column"
        elif upper in SYSTEM_TYPES and name not in mapping:
            reasons[position] = "CX Audience fills it itself"
        else:
            reasons[position] = "not in the mapping"
        before.add(upper)
    return reasons


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(visible(name, 60) or "(no name)" for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
