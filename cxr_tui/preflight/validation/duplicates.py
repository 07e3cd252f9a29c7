"""Finds records that share their match column value.

Memory holds 12 bytes per record: a 64-bit hash and the line; at the end some three times of that. Among ten million
values, two different ones share a hash with a probability of 1 in 300,000. Nothing is written to disk, so only the
first `MOST_RECORDS` records are compared; a finding reports the rest.
"""

from __future__ import annotations

import polars as pl

from cxr_tui.preflight.reading.records import LINE
from cxr_tui.preflight.result import MatchCount, SharedValue

MOST_RECORDS = 30_000_000
"""360 MB."""
EXAMPLES = 10
HASH = "hash"


class KeyHashes:
    """Collects the hashes of a file frame by frame, and finds those that occur more than once."""

    def __init__(self, most: int = MOST_RECORDS) -> None:
        self._most = most
        self._frames = [pl.DataFrame(schema={LINE: pl.UInt32, HASH: pl.UInt64})]
        self._rows = 0
        self._complete = True

    def add(self, keys: pl.DataFrame) -> None:
        """Add records: their `LINE` and `HASH`."""
        kept = keys.head(self._most - self._rows)
        self._complete &= kept.height == keys.height
        self._rows += kept.height
        self._frames.append(kept.select(pl.col(LINE).cast(pl.UInt32), HASH))

    def counted(self, column: str, empty: int) -> MatchCount:
        """Return the counts of the match column, which is empty in so many records; slow."""
        keys = pl.concat(self._frames)
        ordered = keys[HASH].sort()
        repeated = ordered.filter(ordered == ordered.shift(1))
        shared = keys.filter(pl.col(HASH).is_in(repeated.implode()))
        groups = shared.group_by(HASH).agg(pl.col(LINE).head(EXAMPLES), pl.col(LINE).last().alias("wins"))
        rows = shared.height - groups.height
        first = groups.sort(pl.col(LINE).list.first()).head(EXAMPLES).select(LINE, "wins")
        examples = tuple(SharedValue(tuple(lines), wins) for lines, wins in first.rows())
        return MatchCount(column, empty, self._rows - rows, rows, examples, self._complete)
