"""From slabs of text to sums: reads the header, reads and judges the records, adds up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cxr_tui.domain.finding import Report
from cxr_tui.preflight.import_options import Plan
from cxr_tui.preflight.reading.enclosed import EnclosedReader
from cxr_tui.preflight.reading.records import PlainReader
from cxr_tui.preflight.result import ColumnCount, MatchCount, ReasonCount
from cxr_tui.preflight.validation.columns import lay_out
from cxr_tui.preflight.validation.duplicates import Keys
from cxr_tui.preflight.validation.rules import MOST_COLUMNS
from cxr_tui.preflight.validation.tally import Tally
from cxr_tui.preflight.validation.validator import Judge


class HeaderTooWideError(Exception):
    """A header with more columns than any list has."""

    def __init__(self, columns: int) -> None:
        super().__init__(f"{columns} columns")
        self.columns = columns


@dataclass(frozen=True)
class Sums:
    """What all records together come to."""

    rows: int
    rejected: int
    reasons: tuple[ReasonCount, ...]
    match: MatchCount
    columns: tuple[ColumnCount, ...]
    fails: bool
    """The import's run as a whole."""


class Verdict:
    """Judges one text as a plan says; findings about the file as a whole go to the report."""

    def __init__(self, plan: Plan, report: Report) -> None:
        self._plan = plan
        self._report = report
        self._keys = Keys()
        self._tally: Tally | None = None
        self._reader: PlainReader | EnclosedReader | None = None

    @property
    def header_found(self) -> bool:
        """Whether there was anything but blanks."""
        return self._tally is not None

    @property
    def line(self) -> int:
        """Number of the line that would be read next."""
        return self._reader.line if self._reader is not None else 1

    def read(self, slabs: Iterator[bytes]) -> Iterator[int]:
        """Judge all records; yield their number so far, now and then. PlanError, HeaderTooWideError."""
        form = self._plan.form
        self._reader = reader = EnclosedReader(slabs, form) if form.enclosure else PlainReader(slabs, form)
        header = reader.first_record() if form.header else None
        if form.header and header is None:
            return
        if header is not None and len(header) > MOST_COLUMNS:
            raise HeaderTooWideError(len(header))
        layout = lay_out(header, self._plan.target, self._report)
        self._tally, judge = Tally(layout, self._plan), Judge(layout, form)
        for part in reader.records(layout.width):
            judged = judge.judge(part)
            self._keys.add(judged.keys)
            self._tally.add(judged, part.text)
            yield self._tally.rows
        rest = judge.finish()
        self._keys.add(rest.keys)
        self._tally.add(rest, b"")

    def sum_up(self) -> Sums:
        """Return the sums and report what they mean. What was reported before concerns the file as a whole."""
        tally = self._tally
        assert tally is not None  # nosec B101  # noqa: S101 - asked for only when a header was found
        duplicates = self._keys.find()
        # a run that takes nothing has not succeeded (inferred)
        fails = self._report.failed or tally.rejected == tally.rows
        tally.report(self._report, duplicates)
        return Sums(tally.rows, tally.rejected, tally.reasons(), tally.match(duplicates), tally.columns(), fails)

    def close(self) -> None:
        """Forget everything."""
        self._keys.close()
