"""Erasing personal data from every place where the program keeps it, and what it cannot erase.

Each scope includes the smaller ones: `records`, `answers`, `all`. An erased answer reads as one that was never given:
its step asks for it again, and everything that rests on it is stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cxr_tui.domain.text import counted
from cxr_tui.guide.definition import Guide
from cxr_tui.integration.erasure import Erasure, Scope
from cxr_tui.integration.paths import crash_home, data_home
from cxr_tui.integration.rotation_state import NEXT, PREVIOUS, IntegrationState
from cxr_tui.journal.erase import Rewriting, purge, rewrite
from cxr_tui.journal.events import erasure_entry
from cxr_tui.journal.lock import RotationBusyError, rotation_lock
from cxr_tui.journal.store import Record, read_records
from cxr_tui.security.hardening import os_user


class UnderWayError(Exception):
    """Something has to end first; the text names it and the remedy."""


@dataclass(frozen=True)
class Remains:
    """Something that is not erased."""

    what: str
    remedy: str


@dataclass
class Erased:
    """What an erasure removes or has removed."""

    scope: Scope
    counts: dict[str, int] = field(default_factory=dict)
    """How many of each kind, in the journal."""
    fields: frozenset[str] = frozenset()
    """Keys whose values are erased; `*`: all."""
    files: tuple[Path, ...] = ()
    by: str = ""
    at: datetime | None = None
    left: tuple[str, ...] = ()
    """Files that could not be removed, each with the reason."""

    @property
    def summary(self) -> str:
        """Return the counts in words."""
        parts = [f"{count:,} {name.replace('_', ' ')}" for name, count in self.counts.items() if count]
        parts += [counted(len(self.files), "file")] if self.files else []
        return ", ".join(parts) or "nothing"


def examine(guide: Guide, path: Path, name: str, scope: Scope) -> Erased:
    """Return what an erasure would remove, without removing it; JournalError, UnderWayError."""
    records = read_records(path)
    _require_idle(path, scope, records)
    erasure = Erasure(guide, scope, records)
    return Erased(scope, erasure.counts, erasure.fields, tuple(_files(path, name, erasure)))


def erase(guide: Guide, path: Path, name: str, scope: Scope) -> Erased:
    """Erase, and return what was removed; JournalError, UnderWayError.

    The files go first, the tombstone is written last. After a kill, erasing again removes the rest.
    """
    try:
        # no rotation may run while the journal forgets the secrets
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
        _require_idle(path, scope, records)
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
    """Return what is not erased; `keyring_of` is the integration whose secrets are still in the keyring."""
    found = [
        Remains(
            "Responsys and CX Audience keep their users, jobs, keys, notification addresses and customers.",
            "Change or delete them there.",
        )
    ]
    if keyring_of:
        found.append(
            Remains(
                "The keyring of this computer keeps the passwords and passphrases of this integration.",
                f"Remove them with cxr-tui -i {keyring_of} erase --all --secrets.",
            )
        )
    if scope is not Scope.ALL:
        kept = "" if scope is Scope.ANSWERS else "email addresses and descriptions, "
        found.append(
            Remains(
                f"The journal keeps the answers in use: {kept}names of accounts, users, lists, jobs, servers and "
                "paths, unless they are email addresses.",
                "Correct them at their step and erase again; --all erases every answer."
                if scope is Scope.ANSWERS
                else "Erase them with cxr-tui erase --answers or --all.",
            )
        )
    else:
        found.append(
            Remains(
                "The count of refused logins of the last hour, without names: it keeps the user from being locked.",
                "Erase again after an hour to remove it.",
            )
        )
    found += [
        Remains(f"{path} records what kind of data was erased, when, and by which user of this computer.", ""),
        Remains(
            "Files that you saved elsewhere: reports, messages, keys, exported files.",
            "Delete them there.",
        ),
        Remains(
            "Backups and snapshots of this computer, and disk blocks that were not overwritten yet.",
            "Ask the administrator of this computer.",
        ),
    ]
    return tuple(found)


def lines(done: Erased, path: Path, keyring_of: str = "") -> list[tuple[int, str]]:
    """Return what was removed and what remains as lines, each with its indentation."""
    found = [(0, f"Erased: {done.summary}."), *((1, str(file)) for file in done.files)]
    found += [(0, f"Could not be removed: {one}") for one in done.left]
    found.append((0, "What remains:"))
    for one in remains(done.scope, path, keyring_of):
        found += [(1, one.what), *([(2, one.remedy)] if one.remedy else [])]
    return found


def secret_items(guide: Guide, path: Path, further: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names of all keyring items that the integration may have; JournalError."""
    journal = IntegrationState()
    journal.apply(read_records(path))
    own = [one.item for step in guide.steps for one in step.fields if one.item]
    rotated = [item for one in journal.rotations.values() for item in (one.item, *one.superseded)]
    items = dict.fromkeys((*own, *rotated, *further))
    return tuple(f"{item}{suffix}" for item in items for suffix in ("", NEXT, PREVIOUS))


def _require_idle(path: Path, scope: Scope, records: Sequence[Record]) -> None:
    if scope is Scope.RECORDS:
        return
    if list((path.parent / "preflight").glob("*.asc")):
        raise UnderWayError(
            "A rehearsal key pair exists, and its public key contains an email address. End the rehearsal first: "
            "switch the export back, then run cxr-tui preflight --rehearsal remove. Nothing was erased."
        )
    if scope is Scope.ALL:
        journal = IntegrationState()
        journal.apply(records)
        if any(one.open for one in journal.rotations.values()):
            raise UnderWayError(
                "A rotation is not finished, and only the journal knows which password is which. End it first: "
                "cxr-tui rotate --resume or --abort. Nothing was erased."
            )


def _files(path: Path, name: str, erasure: Erasure) -> Iterator[Path]:
    """Yield the files to be removed: everything that can be made again or may quote what is erased."""
    folder, own = path.parent, {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    yield from (one for one in sorted(folder.glob("journal*")) if one.is_file() and one.name not in own)
    yield from sorted((folder / "preflight").glob("*.part"))
    used = {str(value) for value in erasure.values.values()}
    for kept in sorted(path.with_suffix(".files").glob("*")):
        if kept.is_file() and (erasure.scope is Scope.ALL or str(kept) not in used):
            yield kept
    written = re.compile(rf"{re.escape(name)}-\d{{4}}-\d\d-\d\d\.(html|md)(\.part)?")
    yield from (one for one in sorted((data_home() / "handovers").glob("*")) if written.fullmatch(one.name))
    yield from sorted(crash_home().glob("crash-*.txt"))
