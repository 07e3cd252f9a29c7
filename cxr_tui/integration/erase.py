"""Erasing personal data from everywhere the program keeps it, and what stays beyond its reach.

The scopes hold each other: `answers` erases what `records` erases too, and `all` everything. An erased answer reads as
one that was never given, so its step asks for it again, and whatever rested on it is stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cxr_tui.domain.answers import Value
from cxr_tui.guide.definition import Guide
from cxr_tui.integration.erasure import Erasure, Scope
from cxr_tui.integration.paths import crash_home, data_home
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.erase import Rewriting, purge, rewrite
from cxr_tui.journal.events import erasure_entry
from cxr_tui.journal.lock import RotationBusyError, rotation_lock
from cxr_tui.journal.store import Record, read_records
from cxr_tui.security.hardening import os_user


class UnderWayError(Exception):
    """Something is going on that has to end first; the text says what, and how."""


@dataclass(frozen=True)
class Remains:
    """Something that erasing does not reach."""

    what: str
    remedy: str


@dataclass
class Erased:
    """What an erasure removes, or has removed."""

    scope: Scope
    counts: dict[str, int] = field(default_factory=dict)
    """How much of each kind, in the journal."""
    fields: frozenset[str] = frozenset()
    """Keys whose values are erased; `*`: all."""
    files: tuple[Path, ...] = ()
    by: str = ""
    at: datetime | None = None
    left: tuple[str, ...] = ()
    """What could not be removed, each with the reason."""

    @property
    def summary(self) -> str:
        """Return the counts in words."""
        told = [f"{count:,} {name.replace('_', ' ')}" for name, count in self.counts.items() if count]
        told += [f"{len(self.files)} file{'s' * (len(self.files) != 1)}"] if self.files else []
        return ", ".join(told) or "nothing that is still there"


def examine(guide: Guide, path: Path, name: str, scope: Scope) -> Erased:
    """Return what an erasure would remove, and remove nothing; JournalError, UnderWayError."""
    records = read_records(path)
    _require_rest(path, scope, records)
    return _foreseen(guide, path, name, scope, records)


def erase(guide: Guide, path: Path, name: str, scope: Scope) -> Erased:
    """Erase, and return what was removed; JournalError, UnderWayError.

    The files go first: the tombstone is written once nothing but the journal is left. Whatever a kill leaves is
    removed by erasing again.
    """
    try:
        # no secret is exchanged while the journal forgets which ones there are
        with rotation_lock(path) if scope is Scope.ALL else nullcontext():
            return _erase(guide, path, name, scope)
    except RotationBusyError as error:
        raise UnderWayError(f"{error}. Nothing was erased.") from None


def _erase(guide: Guide, path: Path, name: str, scope: Scope) -> Erased:
    by, found = os_user(), examine(guide, path, name, scope)
    left = []
    for file in found.files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            left.append(f"{file}: {error.strerror or error}")

    def decide(records: list[Record]) -> Rewriting:
        _require_rest(path, scope, records)
        erasure = Erasure(guide, scope, records)
        found.counts, found.fields = erasure.counts, erasure.fields
        found.by, found.at = by, erasure.now
        tombstone = erasure_entry(scope.value, by, erasure.fields, erasure.counts)
        return Rewriting(erasure.bodies, erasure.gone, tombstone, erasure.now)

    rewrite(path, decide)
    purge(path)
    found.left = tuple(left)
    return found


def remains(scope: Scope, path: Path, keyring_of: str = "") -> tuple[Remains, ...]:
    """Return what erasing does not reach; `keyring_of` is the integration whose secrets the keyring still holds."""
    told = [
        Remains(
            "Responsys and CX Audience keep their users, jobs, keys, notification addresses and customers.",
            "Change or delete them there.",
        )
    ]
    if keyring_of:
        told.append(
            Remains(
                "The keyring of this system keeps the passwords and passphrases of this integration.",
                f"cxr-tui -i {keyring_of} erase --all --secrets removes them too.",
            )
        )
    if scope is not Scope.ALL:
        kept = "" if scope is Scope.ANSWERS else "email addresses and descriptions, "
        told.append(
            Remains(
                f"The journal keeps the answers in use: {kept}names of accounts, users, lists, jobs, servers and "
                "paths, as long as they are no email address.",
                "Correct a wrong one at its step and erase again; --all erases every answer."
                if scope is Scope.ANSWERS
                else "cxr-tui erase --answers, or --all.",
            )
        )
    else:
        told.append(
            Remains(
                "Refused logins of the last hour stay counted, without any name: they keep the user from being locked.",
                "They are erased by erasing again after an hour.",
            )
        )
    told += [
        Remains(f"{path} keeps a tombstone: what kind was erased, when, and by which user of this machine.", ""),
        Remains(
            "Files that you saved elsewhere: reports, texts, keys, exported files.",
            "Delete them where you put them.",
        ),
        Remains(
            "Backups and snapshots of this machine, and blocks of the disk that the system has not used again.",
            "Ask whoever runs this machine.",
        ),
    ]
    return tuple(told)


def lines(done: Erased, path: Path, keyring_of: str = "") -> list[tuple[int, str]]:
    """Return what was removed and what remains, each line with how far it is indented."""
    told = [(0, f"Erased: {done.summary}."), *((1, str(file)) for file in done.files)]
    told += [(0, f"Could not be removed: {one}") for one in done.left]
    told.append((0, "What remains:"))
    for one in remains(done.scope, path, keyring_of):
        told += [(1, one.what), *([(2, one.remedy)] if one.remedy else [])]
    return told


def secret_items(guide: Guide, path: Path, further: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names of all keyring items that the integration may have; JournalError."""
    journal = IntegrationState()
    journal.apply(read_records(path))
    own = [one.item for step in guide.steps for one in step.fields if one.item]
    known = list(journal.rotations.values())
    rotated = [item for one in known for item in (one.item, *one.superseded)]
    return tuple(dict.fromkeys(name for item in (*own, *rotated, *further) for name in with_neighbours(item)))


def with_neighbours(item: str) -> tuple[str, ...]:
    """Return an item with those that a rotation keeps beside it."""
    return (item, f"{item}.next", f"{item}.previous")


def _require_rest(path: Path, scope: Scope, records: Sequence[Record]) -> None:
    if scope is Scope.RECORDS:
        return
    if list((path.parent / "preflight").glob("*.asc")):
        raise UnderWayError(
            "A rehearsal pair is there, and its public key carries an email address. End the rehearsal first: switch "
            "the export back, then cxr-tui preflight --rehearsal remove. Nothing was erased."
        )
    if scope is Scope.ALL:
        journal = IntegrationState()
        journal.apply(records)
        if any(one.open for one in journal.rotations.values()):
            raise UnderWayError(
                "A rotation is under way, and only the journal knows which password is which. End it first: "
                "cxr-tui rotate --resume or --abort. Nothing was erased."
            )


def _foreseen(guide: Guide, path: Path, name: str, scope: Scope, records: list[Record]) -> Erased:
    erasure = Erasure(guide, scope, records)
    files = tuple(_files(path, name, scope, erasure.values.values()))
    return Erased(scope, erasure.counts, erasure.fields, files)


def _files(path: Path, name: str, scope: Scope, values: Iterable[Value]) -> Iterator[Path]:
    """Yield the files to be removed: all that can be had again, and what may quote what is erased."""
    folder, own = path.parent, {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    yield from (one for one in sorted(folder.glob("journal*")) if one.is_file() and one.name not in own)
    yield from sorted((folder / "preflight").glob("*.part"))
    used = {str(value) for value in values}
    for kept in sorted(path.with_suffix(".files").glob("*")):
        if kept.is_file() and (scope is Scope.ALL or str(kept) not in used):
            yield kept
    written = re.compile(rf"{re.escape(name)}-\d{{4}}-\d\d-\d\d\.(html|md)(\.part)?")
    yield from (one for one in sorted((data_home() / "handovers").glob("*")) if written.fullmatch(one.name))
    yield from sorted(crash_home().glob("crash-*.txt"))
