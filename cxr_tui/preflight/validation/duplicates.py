"""Records that share their match column's value, counted exactly, whatever the size of the file.

Kept of each value is a keyed hash of 96 bits, of each record its line: 16 bytes altogether. Two values out of ten
million fall together with a chance of one to 10 to the power of 15. What does not fit into memory goes to a temporary
directory, encrypted with a key that exists only in this process. Of a value that very many records share only their
number, the first lines and the last one are kept: a file in which everybody has the same value needs no more memory.
"""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cxr_tui.preflight.validation.engine import pl
from cxr_tui.preflight.validation.validator import KEY, LINE

IN_MEMORY = 16_000_000
"""Records whose hashes are kept in memory: a quarter of a gigabyte."""
EXAMPLES = 10
_AT_ONCE = 1_000_000
_PARTS_BITS = 5
_PARTS = 1 << _PARTS_BITS
_NONCE = 12
_HASH, _MORE = "hash", "more"
_KEY = [_HASH, _MORE]
_EVERY = 100
_HEAVY = 20
"""A value is heavy where it turns up so often among every hundredth record of a million: about one in five hundred."""


@dataclass(frozen=True)
class Shared:
    """One value that several records share: their first lines, and the one whose values stay."""

    lines: tuple[int, ...]
    wins: int


@dataclass(frozen=True)
class Duplicates:
    """What there is of shared values among the records that are taken."""

    distinct: int
    rows: int
    """Records that are overwritten by a later one."""
    examples: tuple[Shared, ...]
    """The first in the file."""


@dataclass
class _Heavy:
    """What is kept of a value that very many records share."""

    rows: int = 0
    lines: list[int] = field(default_factory=list)
    wins: int = 0

    def take(self, rows: int, lines: list[int], wins: int) -> None:
        self.rows += rows
        self.lines = sorted([*self.lines, *lines])[:EXAMPLES]
        self.wins = max(self.wins, wins)


class Keys:
    """Collects the keys of a file, part by part, and finds those that occur more than once."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._seeds = secrets.randbits(63), secrets.randbits(63)
        self._limit = in_memory
        self._fresh: list[pl.DataFrame] = []
        self._fresh_rows = 0
        self._parts: list[list[pl.DataFrame]] = [[] for _ in range(_PARTS)]
        self._rows = 0
        self._spilled: _Spill | None = None
        self._heavy: dict[tuple[int, int], _Heavy] = {}

    def add(self, keys: pl.DataFrame) -> None:
        """Add records: their `line` and `key`."""
        if not keys.height:
            return
        last = keys.select(pl.col(LINE).max()).item()
        self._fresh.append(
            keys.select(
                pl.col(KEY).hash(self._seeds[0]).alias(_HASH),
                (pl.col(KEY).hash(self._seeds[1]) // (1 << 32)).cast(pl.UInt32).alias(_MORE),
                pl.col(LINE).cast(pl.UInt32 if last < 1 << 32 else pl.Int64),
            )
        )
        self._fresh_rows += keys.height
        if self._fresh_rows >= _AT_ONCE:
            self._sort_out()
        if self._rows > self._limit:
            self._spilled = self._spilled or _Spill()
            for part, frames in enumerate(self._parts):
                self._spilled.write(part, pl.concat([_EMPTY, *frames], how="vertical_relaxed"))
                frames.clear()
            self._rows = 0

    def find(self) -> Duplicates:
        """Return what is shared; call it once, at the end."""
        self._sort_out()
        distinct = rows = 0
        examples: list[Shared] = []
        for part, frames in enumerate(self._parts):
            before = self._spilled.read(part) if self._spilled is not None else ()
            frame = self._without_heavy(pl.concat([_EMPTY, *before, *frames], how="vertical_relaxed"))
            frames.clear()
            # 64 bits that are alike once are looked at again with the others
            alike = frame.filter(pl.col(_HASH).is_duplicated())
            groups = alike.group_by(_HASH, _MORE).agg(pl.col(LINE).sort())
            distinct += frame.height - alike.height + groups.height
            rows += alike.height - groups.height
            examples = _first([*examples, *_shared(groups)])
        distinct += len(self._heavy)
        rows += sum(one.rows - 1 for one in self._heavy.values())
        examples = _first([*examples, *(Shared(tuple(one.lines), one.wins) for one in self._heavy.values())])
        return Duplicates(distinct, rows, tuple(examples))

    def _sort_out(self) -> None:
        """Put fresh hashes into parts by their first bits, so that no value is in two parts."""
        if not self._fresh:
            return
        fresh = pl.concat(self._fresh, how="vertical_relaxed")
        sample = fresh.gather_every(_EVERY).group_by(_KEY).len().filter(pl.col("len") >= _HEAVY)
        for key in sample.select(_KEY).iter_rows():
            self._heavy.setdefault(key, _Heavy())
        fresh = self._without_heavy(fresh)
        part_of = fresh.select((pl.col(_HASH) // (1 << 64 - _PARTS_BITS)).cast(pl.UInt8)).to_series()
        for part, frames in enumerate(self._parts):
            frames.append(fresh.filter(part_of == part))
        self._rows += fresh.height
        self._fresh, self._fresh_rows = [], 0

    def _without_heavy(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Count the records of heavy values, and return the others."""
        if not self._heavy:
            return frame
        keys = pl.DataFrame(list(self._heavy), schema={_HASH: pl.UInt64, _MORE: pl.UInt32}, orient="row")
        line = pl.col(LINE)
        hits = (
            frame.join(keys, on=_KEY, how="semi")
            .group_by(_KEY)
            .agg(pl.len(), line.bottom_k(EXAMPLES).alias("first"), line.max().alias("last"))
        )
        for value, more, rows, first, last in hits.iter_rows():
            self._heavy[value, more].take(rows, first, last)
        return frame.join(keys, on=_KEY, how="anti")

    def close(self) -> None:
        """Forget everything, and remove what was written."""
        self._heavy = {}
        self._fresh, self._parts = [], [[] for _ in range(_PARTS)]
        if self._spilled is not None:
            self._spilled.close()
            self._spilled = None


_EMPTY = pl.DataFrame(schema={_HASH: pl.UInt64, _MORE: pl.UInt32, LINE: pl.UInt32})


def _shared(groups: pl.DataFrame) -> list[Shared]:
    lines = pl.col(LINE).list
    first = groups.filter(lines.len() > 1).sort(lines.first()).head(EXAMPLES)
    told = first.select(lines.head(EXAMPLES).alias("lines"), lines.last().alias("wins"))
    return [Shared(tuple(some), wins) for some, wins in told.iter_rows()]


def _first(shared: list[Shared]) -> list[Shared]:
    return sorted(shared, key=lambda one: one.lines)[:EXAMPLES]


class _Spill:
    """Parts of hashes on disk, encrypted; gone with `close`, unreadable without it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cxr-keys-")
        self._cipher = AESGCM(AESGCM.generate_key(256))

    def write(self, part: int, frame: pl.DataFrame) -> None:
        if not frame.height:
            return
        clear = io.BytesIO()
        frame.write_ipc(clear)
        nonce = os.urandom(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, clear.getbuffer(), str(part).encode())
        with self._path(part).open("ab") as file:
            file.write(len(sealed).to_bytes(8, "big") + sealed)

    def read(self, part: int) -> Iterator[pl.DataFrame]:
        path = self._path(part)
        if not path.exists():
            return
        with path.open("rb") as file:
            while size := file.read(8):
                sealed = file.read(int.from_bytes(size, "big"))
                clear = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], str(part).encode())
                yield pl.read_ipc(io.BytesIO(clear))

    def close(self) -> None:
        self._folder.cleanup()

    def _path(self, part: int) -> Path:
        return Path(self._folder.name) / f"{part}"
