"""Finds records that share their match column value.

Memory holds 12 bytes per record: a 64-bit hash and the line. Among ten million values, two different ones share a hash
with a probability of 1 in 300,000. Nothing is written to disk, so only the first `MOST_RECORDS` records are compared;
a finding reports the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from cxr_tui.preflight.reading.engine import pl
from cxr_tui.preflight.result import SharedValue

MOST_RECORDS = 30_000_000
"""360 MB."""
EXAMPLES = 10
HASH, LINE = "hash", "line"
_AT_ONCE = 2_000_000
_HASHES = 1 << 64


@dataclass(frozen=True)
class Duplicates:
    """The values that accepted records share."""

    distinct: int
    rows: int
    """Records that a later record overwrites."""
    examples: tuple[SharedValue, ...]
    """The first in the file."""
    complete: bool = True
    """Whether all records were compared."""


class KeyHashes:
    """Collects the hashes of a file chunk by chunk, and finds those that occur more than once."""

    def __init__(self, most: int = MOST_RECORDS) -> None:
        self._most = most
        self._frames: list[pl.DataFrame] = []
        self._rows = 0
        self._complete = True

    def add(self, keys: pl.DataFrame) -> None:
        """Add records: their `HASH` and `LINE`."""
        kept = keys.head(self._most - self._rows)
        self._complete &= kept.height == keys.height
        self._rows += kept.height
        self._frames.append(kept.with_columns(pl.col(LINE).cast(pl.UInt32)))

    def find(self) -> Duplicates:
        """Return the shared values; the hashes are compared in parts, to save memory."""
        parts = self._rows // _AT_ONCE + 1
        rows = 0
        examples: list[SharedValue] = []
        for part in range(parts):
            first, last = _HASHES * part // parts, _HASHES * (part + 1) // parts - 1
            within = pl.col(HASH).is_between(pl.lit(first, pl.UInt64), pl.lit(last, pl.UInt64))
            hashes = pl.concat([_EMPTY, *(frame.filter(within) for frame in self._frames)])
            groups = (
                hashes.filter(pl.col(HASH).is_duplicated())
                .group_by(HASH)
                .agg(pl.len().alias("rows"), pl.col(LINE).bottom_k(EXAMPLES).sort(), pl.col(LINE).max().alias("wins"))
            )
            rows += groups.select((pl.col("rows") - 1).sum()).item()
            shared = groups.sort(pl.col(LINE).list.first()).head(EXAMPLES).select(LINE, "wins")
            examples = sorted(
                [*examples, *(SharedValue(tuple(lines), wins) for lines, wins in shared.iter_rows())],
                key=lambda one: one.lines,
            )[:EXAMPLES]
        return Duplicates(self._rows - rows, rows, tuple(examples), self._complete)


_EMPTY = pl.DataFrame(schema={HASH: pl.UInt64, LINE: pl.UInt32})
