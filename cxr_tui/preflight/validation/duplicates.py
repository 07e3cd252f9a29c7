"""Records that share their match column's value.

Kept of each record are a hash of 64 bits and its line: 12 bytes. Two different values out of ten million have the same
hash with a chance of one to 300,000. Nothing is written to disk, so there is a limit: the records after the first
`MOST_RECORDS` are not compared, and the finding says so.
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
    """The shared values among the records that are taken."""

    distinct: int
    rows: int
    """Records that are overwritten by a later one."""
    examples: tuple[SharedValue, ...]
    """The first in the file."""
    complete: bool = True
    """Whether all records were compared."""


class KeyHashes:
    """Collects the hashes of a file, chunk by chunk, and finds those that occur more than once."""

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
        """Return the shared values; part of the hashes after part, so that little more memory is needed."""
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
