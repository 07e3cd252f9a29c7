"""Adding up what was judged, and what it all comes to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import DELIMITERS
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import counted, visible
from cxr_tui.preflight.import_options import Plan
from cxr_tui.preflight.result import ColumnCount, MatchCount, ReasonCount, Sample, SharedValue, shape_of
from cxr_tui.preflight.validation.columns import Layout
from cxr_tui.preflight.validation.duplicates import Duplicates
from cxr_tui.preflight.validation.engine import pl
from cxr_tui.preflight.validation.rules import KEPT_BY_THE_LIST, REASON, REASONS, Code
from cxr_tui.preflight.validation.validator import CODE, LINE, PLACE, SAMPLES, Judged

_RECORD_LIMIT = 120


@dataclass
class _Seen:
    rows: int = 0
    places: Counter[int] = field(default_factory=Counter)
    lines: list[int] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)


class Tally:
    """The sums over a file."""

    def __init__(self, layout: Layout, plan: Plan) -> None:
        self._layout = layout
        self._plan = plan
        self._seen: dict[str, _Seen] = {}
        self._filled = [0] * layout.width
        self._free = set(DELIMITERS)
        self.rows = 0
        self.rejected = 0
        self.no_match = 0

    def add(self, judged: Judged, text: bytes) -> None:
        """Add a part of the file, in its order; `text` is the part itself."""
        self.rows += judged.rows
        self.rejected += judged.rejected.height
        self.no_match += judged.no_match
        self._filled = [before + now for before, now in zip(self._filled, judged.filled, strict=True)]
        self._free -= {name for name in self._free if DELIMITERS[name].encode() in text}
        for frame in (judged.rejected, judged.warned):
            if frame.height:
                self._count(frame)

    def reasons(self) -> tuple[ReasonCount, ...]:
        """Return the reasons in the order of the rules."""
        found = []
        for reason in REASONS:
            seen = self._seen.get(reason.code.value)
            if seen is None:
                continue
            by_name = {self._layout.names[place]: rows for place, rows in seen.places.most_common()}
            found.append(
                ReasonCount(
                    reason.code, seen.rows, next(iter(by_name), ""), by_name, tuple(seen.lines), tuple(seen.samples)
                )
            )
        return tuple(found)

    def match(self, duplicates: Duplicates) -> MatchCount:
        """Return the match column's counts."""
        return MatchCount(
            self._layout.match_column,
            self.no_match,
            duplicates.distinct,
            duplicates.rows,
            tuple(SharedValue(one.lines, one.wins) for one in duplicates.examples),
        )

    def columns(self) -> tuple[ColumnCount, ...]:
        """Return every column of the file with what becomes of it."""
        goes = {one.place: one for one in self._layout.mapped}
        return tuple(
            ColumnCount(
                name,
                goes[place].kind if place in goes else "",
                self._filled[place],
                place in goes and goes[place].column not in KEPT_BY_THE_LIST,
                self._layout.why_not.get(place) or f"goes to {goes[place].column}",
            )
            for place, name in enumerate(self._layout.names)
        )

    def report(self, report: Report, duplicates: Duplicates) -> None:
        """Report what the sums mean for the import."""
        if not self.rows:
            report.fail(
                "file-empty",
                "The file holds no record beside its column names.",
                "The import would bring nobody, and fails.",
                "Look at Select object of the export job: the right list, and no option that leaves everybody out.",
            )
            return
        self._report_delimiter(report)
        self._report_rejected(report)
        self._report_losses(report, duplicates)
        self._report_members(report)

    def _count(self, frame: pl.DataFrame) -> None:
        sums = frame.group_by(CODE, PLACE).agg(pl.len())
        for code, place, rows in sums.sort(CODE, PLACE).iter_rows():
            seen = self._seen.setdefault(code, _Seen())
            seen.rows += rows
            if place is not None:
                seen.places[place] += rows
        for code, seen in self._seen.items():
            wanted = SAMPLES - len(seen.lines)
            if wanted <= 0:
                continue
            first = frame.filter(pl.col(CODE) == code).sort(LINE).head(wanted)
            for line, _, place, value, count in first.iter_rows():
                seen.lines.append(line)
                if place is not None:
                    seen.samples.append(_sample(line, self._layout.names[place], value or "", None))
                elif value is not None:
                    seen.samples.append(_sample(line, "", value, count))

    def _report_delimiter(self, report: Report) -> None:
        shifted = self._seen.get(Code.COLUMN_COUNT.value)
        if shifted is None or self._plan.form.enclosure:
            return
        sign = self._plan.form.delimiter
        name = next((name for name, one in DELIMITERS.items() if one == sign), visible(sign))
        free = [name for name in DELIMITERS if name in self._free]
        report.fail(
            "delimiter-in-data",
            f"{counted(shifted.rows, 'record')} with another number of fields than there are columns "
            f"({self._layout.width}), the first on line {shifted.lines[0]:,}.",
            f"Without an enclosure the delimiter ({name}) within a value shifts the record, and the import rejects it "
            f"({REASON[Code.COLUMN_COUNT].words}).",
            f"Choose {free[0]} as Field delimiter on both sides: it occurs nowhere in this file."
            if free
            else "No usual delimiter is free in this file: take the delimiter out of the values in Responsys.",
        )

    def _report_rejected(self, report: Report) -> None:
        if not self.rejected:
            report.passed(
                "rows-accepted",
                "The one record would be taken." if self.rows == 1 else f"All {self.rows:,} records would be taken.",
            )
            return
        parts = [
            f"{one.rows:,} {one.code} ({REASON[one.code].words})" for one in self.reasons() if REASON[one.code].rejects
        ]
        first = next(one for one in self.reasons() if REASON[one.code].rejects)
        report.fail(
            "rows-rejected",
            f"{self.rejected:,} of {counted(self.rows, 'record')} would be rejected: {'; '.join(parts)}.",
            "These people are missing in CX Audience, or keep what was known of them before.",
            REASON[first.code].remedy,
        )

    def _report_losses(self, report: Report, duplicates: Duplicates) -> None:
        for code in (Code.TOO_LONG, Code.CONTROL_CHARACTER):
            seen = self._seen.get(code.value)
            if seen is not None:
                names = ", ".join(visible(self._layout.names[place], 60) for place in sorted(seen.places))
                reason = REASON[code]
                report.warn(
                    code.value,
                    f"{counted(seen.rows, 'record')}: {names}.",
                    f"{reason.means} It is {reason.words}.",
                    reason.remedy,
                )
        empty = [one.name for one in self.columns() if one.carried and not one.filled]
        if empty:
            report.warn(
                "column-empty",
                f"No record has a value in {', '.join(visible(name, 60) for name in empty[:8])}.",
                "Values that CX Audience has there are emptied (inferred).",
                "Take the column out of the mapping, unless that is meant.",
            )
        lost = [place for place, why in self._layout.why_not.items() if why in _LOST and self._filled[place]]
        if lost:
            report.warn(
                "column-not-carried",
                "; ".join(
                    f"{visible(self._layout.names[place], 60)}: {self._layout.why_not[place]}" for place in lost[:8]
                )
                + ".",
                "What it holds does not reach CX Audience, and nothing says so.",
                "Add the column there under Change Schema, with the same type, and to the mapping; or leave it.",
            )
        if duplicates.rows:
            example = duplicates.examples[0]
            report.warn(
                "match-duplicates",
                f"{duplicates.rows:,} records share {self._layout.match_column} with a later one, such as lines "
                f"{', '.join(str(line) for line in example.lines[:4])}.",
                f"They become one record, and the last line stays (here {example.wins}).",
                "Choose a match column that is different for everybody, if there is one.",
            )

    def _report_members(self, report: Report) -> None:
        members = self._plan.target.members
        if members is None:
            return
        seen = f"The file holds {counted(self.rows, 'record')}, the list {members:,}."
        if self.rows == members:
            report.passed("record-count", seen)
        else:
            report.warn(
                "record-count-differs",
                seen,
                "A part of the list is missing from the file, or the list has changed since.",
                "Look at Select object of the export job for a filter, then at the log of its run.",
            )


_LOST = frozenset({"the list has no such column", "not in the mapping", "a column before it has the same name"})


def _sample(line: int, column: str, text: str, fields: int | None) -> Sample:
    return Sample(line, column, shape_of(text) if column else shape_of(text, _RECORD_LIMIT), fields, Secret(text))
