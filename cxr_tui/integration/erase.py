"""Erasing personal data from every place where the program keeps it, and what it cannot erase.

Each scope includes the smaller ones: `records`, `answers`, `all`. An erased answer reads as one that was never given:
its step asks for it again, and everything that rests on it is stale.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Any

from cxr_tui.domain.answers import Value, digest, leaves
from cxr_tui.domain.errors import LOCK_LASTS, JournalError
from cxr_tui.domain.text import counted
from cxr_tui.guide.definition import Guide, Kind, Personal
from cxr_tui.integration.paths import crash_home, data_home
from cxr_tui.integration.rotation_state import NEXT, PREVIOUS, IntegrationState
from cxr_tui.journal.erase import Rewriting, rewrite
from cxr_tui.journal.events import ERASED, erasure_entry
from cxr_tui.journal.rotation_lock import RotationBusyError, rotation_lock
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry, Record, RecordKind, read_records
from cxr_tui.security.hardening import os_user

SHORTEST = 4
"""Characters; a shorter text is part of too many words to search findings for it."""
WORD = "(erased)"
"""Replaces erased text."""
_NOT_TEXTS = frozenset(
    {Kind.CHOICE, Kind.CHECKLIST, Kind.CHECKBOX, Kind.CONFIRM, Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.SECRET}
)
"""Kinds of fields that accept no free text."""
_SENTENCES = frozenset({"seen", "why", "remedy", "unnamed", "on", "usual", "word", "number", "for", "sentence"})
"""Members of a record that hold free text, in which erased text may be quoted."""
_EMAIL = re.compile(r"[^\s@<>()\"',;:=/]+@[^\s@<>()\"',;:=/]+\.[^\s@<>()\"',;:=/.]+")
_OPERATOR, _PERSON = "operator", "person"
"""Who confirmed, where it was no user of this computer: the sandbox's operator, or a person as version 1 noted."""
_COUNTED = {
    RecordKind.ANSWER: "answers",
    RecordKind.OUTCOME: "checks",
    RecordKind.CONFIRMATION: "confirmations",
    RecordKind.NOTE: "notes",
    RecordKind.PREFLIGHT: "preflight_results",
}
"""What the records are called where they are counted; all others are `records`."""


class Scope(StrEnum):
    """How much is erased."""

    RECORDS = "records"
    ANSWERS = "answers"
    ALL = "all"


@cache
def texts() -> dict[str, Any]:
    """Return what each scope removes, in short and in full, and what remains."""
    return tomllib.loads(Path(__file__).with_name("erase.toml").read_text("utf-8"))


class UnderWayError(JournalError):
    """Something has to end first; the text names it and the remedy."""


class Erasure(Rewriting):
    """What one scope changes in the records of a journal, and the files that go with them."""

    def __init__(self, guide: Guide, scope: Scope, records: Sequence[Record]) -> None:
        self.scope, self.by = scope, os_user()
        self.at = max([datetime.now(UTC), *(record.at for record in records[-1:])])
        self.bodies, self.gone = {}, set()
        self.files: tuple[Path, ...] = ()
        self.left: tuple[str, ...] = ()
        """Files that could not be removed, each with the reason."""
        self.fields = {"*"}
        """Keys whose values are erased; `*`: all."""
        self.values: Mapping[str, Value] = {}
        """All values after the erasure."""
        self._by_emails = scope is not Scope.RECORDS
        self._texts: set[str] = set()
        if scope is Scope.ALL:
            self.gone = {one.seq for one in records if not self._must_stay(one)}
        else:
            self._kinds = {step.key(one.name): one.kind for step in guide.steps for one in step.fields}
            self._personal = guide.personal(*(Personal if self._by_emails else (Personal.RECORDS,)))
            self.fields = self._erase_values(records)
            self._quoted = self._value_pattern(records)
            for one in records:
                self._erase_traces(one, self._body(one))
        changed = [one for one in records if one.seq in self.gone or one.seq in self.bodies]
        self.counts = dict(Counter(_COUNTED.get(one.entry.kind, "records") for one in changed))
        """How many records of each kind, in the journal."""
        self.tombstone = erasure_entry(scope.value, self.by, self.fields, self.counts)

    @property
    def summary(self) -> str:
        """Return the counts in words."""
        parts = [f"{count:,} {name.replace('_', ' ')}" for name, count in self.counts.items()]
        parts += [counted(len(self.files), "file")] if self.files else []
        return ", ".join(parts) or "nothing"

    def _must_stay(self, record: Record) -> bool:
        """Return whether a record is kept even if everything is erased: tombstones, logins that still count."""
        if record.entry.kind in (RecordKind.REFUSAL, RecordKind.ROTATION):
            return record.at >= self.at - LOCK_LASTS
        return record.entry.kind is RecordKind.ERASURE

    def _body(self, record: Record) -> Mapping[str, Any]:
        return self.bodies.get(record.seq, record.entry.body)

    def _erase_values(self, records: Sequence[Record]) -> set[str]:
        """Erase answers, and the facts that repeat them; return their keys."""
        answers = [one for one in records if one.entry.kind is RecordKind.ANSWER]
        newest = {_key(one): one.entry.body["value"] for one in answers}
        in_use = {key: value for key, value in newest.items() if not self._is_personal(key, value)}
        touched: set[str] = set()
        for one in answers:
            key, body = _key(one), one.entry.body
            value = body["value"]
            superseded = self._is_text(key) and value != in_use.get(key)
            if value is not None and (self._is_personal(key, value) or superseded):
                self._texts.update(leaves(value))
                touched.add(key)
                self.bodies[one.seq] = {**body, "value": None, ERASED: True}
        self._texts.difference_update(text for value in in_use.values() for text in leaves(value))
        for one in records:
            if one.entry.kind is RecordKind.OUTCOME:
                outcome = one.entry.body["outcome"]
                wrong = {name: value for name, value in outcome["facts"].items() if self._repeats(value)}
                self._texts.update(text for value in wrong.values() for text in leaves(value))
                touched.update(f"{one.entry.step}.{name}" for name in wrong)
                if wrong:
                    facts = {name: value for name, value in outcome["facts"].items() if name not in wrong}
                    self.bodies[one.seq] = {**one.entry.body, "outcome": {**outcome, "facts": facts}}
        return touched

    def _is_personal(self, key: str, value: Value | None) -> bool:
        return key in self._personal or (self._is_text(key) and _has_email(value))

    def _is_text(self, key: str) -> bool:
        """Return whether a field takes free text, where the scope goes beyond records."""
        return self._by_emails and self._kinds.get(key) not in _NOT_TEXTS

    def _repeats(self, value: Value) -> bool:
        return (self._by_emails and _has_email(value)) or not self._texts.isdisjoint(leaves(value))

    def _value_pattern(self, records: Sequence[Record]) -> re.Pattern[str]:
        """Return the pattern of every erased text that is not also a current value."""
        after = JournalState()
        after.apply(Record(one.seq, one.at, Entry(one.entry.kind, one.entry.step, self._body(one))) for one in records)
        self.values = after.values
        current = {text for value in self.values.values() for text in leaves(value)}
        texts = (text for text in self._texts if len(text) >= SHORTEST and text not in current)
        longest_first = sorted(texts, key=len, reverse=True)
        return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in longest_first) or r"(?!)")

    def _erase_traces(self, record: Record, body: Mapping[str, Any]) -> None:
        """Erase findings and digests of erased values, and every text that may quote one."""
        match record.entry.kind:
            case RecordKind.NOTE | RecordKind.VISIT:
                self.gone.add(record.seq)
            case RecordKind.PREFLIGHT if "answer" in body:
                self.gone.add(record.seq)
            case RecordKind.OUTCOME | RecordKind.CONFIRMATION | RecordKind.FIRST_SEEN | RecordKind.REQUEST:
                new = self._without_digests(record, self._masked(body))
                if new.get("sentence"):
                    new["sentence"] = WORD
                if self._by_emails and new.get("by", _PERSON) not in (_OPERATOR, _PERSON):
                    new["by"] = _PERSON
                if new != body:
                    self.bodies[record.seq] = new
            case _:
                pass

    def _without_digests(self, record: Record, body: dict[str, Any]) -> dict[str, Any]:
        """Return a record without digests of erased values; where it rested on one, without what it says of them."""
        rested_on: Mapping[str, str] = body.get("basis", {})
        basis = {
            key: ERASED if key in self.fields and was not in (digest(None), digest(self.values.get(key))) else was
            for key, was in rested_on.items()
        }
        if ERASED not in basis.values():
            return body
        body["basis"] = basis
        body.pop("overruled", None)
        if "outcome" in body:
            outcome, current = body["outcome"], self.values
            facts = {
                name: value
                for name, value in outcome["facts"].items()
                if current.get(f"{record.entry.step}.{name}") == value
            }
            body["outcome"] = {**outcome, "findings": [], "facts": facts}
        return body

    def _masked(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - as JSON has it
        """Return a JSON value with erased texts masked in its sentences; a fix that contains one is left out."""
        match value:
            case dict() if name == "fix":
                return value if all(self._text(text) == text for text in leaves(value)) else None
            case dict() if name != "facts":
                return {key: self._masked(one, key) for key, one in value.items()}
            case list():
                return [self._masked(one) for one in value]
            case str() if name in _SENTENCES:
                return self._text(value)
            case _:
                return value

    def _text(self, text: str) -> str:
        text = self._quoted.sub(WORD, text)
        return _EMAIL.sub(WORD, text) if self._by_emails else text


def _key(record: Record) -> str:
    return f"{record.entry.step}.{record.entry.body['name']}"


def _has_email(value: object) -> bool:
    return any(_EMAIL.search(text) for text in leaves(value))


def examine(guide: Guide, path: Path, scope: Scope) -> Erasure:
    """Return what an erasure would remove, without removing it; JournalError, UnderWayError."""
    erasure = _erasure(guide, path, scope, read_records(path))
    erasure.files = tuple(_files(path, erasure))
    return erasure


def erase(guide: Guide, path: Path, scope: Scope) -> Erasure:
    """Erase, and return what was removed; JournalError, UnderWayError.

    The files go first, the tombstone is written last. After a kill, erasing again removes the rest.
    """
    try:
        # no rotation may run while the journal forgets the secrets
        with rotation_lock(path) if scope is Scope.ALL else nullcontext():
            return _erase(guide, path, scope)
    except RotationBusyError as error:
        raise UnderWayError(f"{error}. Nothing was erased.") from None


def _erase(guide: Guide, path: Path, scope: Scope) -> Erasure:
    files, left = examine(guide, path, scope).files, []
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            left.append(f"{file}: {error.strerror or error}")
    done = rewrite(path, partial(_erasure, guide, path, scope))
    done.files, done.left = files, tuple(left)
    return done


def _erasure(guide: Guide, path: Path, scope: Scope, records: Sequence[Record]) -> Erasure:
    """Return the erasure of these records; UnderWayError if something has to end before."""
    if scope is not Scope.RECORDS and list((path.parent / "preflight").glob("*.asc")):
        raise UnderWayError(
            "A rehearsal key pair exists, and its public key contains an email address. End the rehearsal first: "
            "switch the export back, then run cxr-tui preflight --rehearsal remove. Nothing was erased."
        )
    if scope is Scope.ALL and any(one.open for one in _state(records).rotations.values()):
        raise UnderWayError(
            "A rotation is not finished, and only the journal knows which password is which. End it first: "
            "cxr-tui rotate --resume or --abort. Nothing was erased."
        )
    return Erasure(guide, scope, records)


def _state(records: Sequence[Record]) -> IntegrationState:
    journal = IntegrationState()
    journal.apply(records)
    return journal


def remains(scope: Scope, path: Path, keyring_of: str = "") -> list[tuple[str, str]]:
    """Return what is not erased, each with its remedy; `keyring_of`: the integration with secrets in the keyring."""
    rows = [texts()[scope]["remains"], *([texts()["keyring"]] if keyring_of else []), *texts()["always"]]
    return [(what.format(path=path), remedy.format(name=keyring_of)) for what, remedy in rows]


def lines(done: Erasure, path: Path, keyring_of: str = "") -> list[tuple[int, str]]:
    """Return what was removed and what remains as lines, each with its indentation."""
    found = [(0, f"Erased: {done.summary}."), *((1, str(file)) for file in done.files)]
    found += [(0, f"Could not be removed: {one}") for one in done.left]
    found.append((0, "What remains:"))
    for what, remedy in remains(done.scope, path, keyring_of):
        found += [(1, what), *([(2, remedy)] if remedy else [])]
    return found


def secret_items(guide: Guide, path: Path, further: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names of all keyring items that the integration may have; JournalError."""
    own = [one.item for step in guide.steps for one in step.fields if one.item]
    rotations = _state(read_records(path)).rotations.values()
    rotated = [item for one in rotations for item in (one.item, *one.superseded)]
    items = dict.fromkeys((*own, *rotated, *further))
    return tuple(f"{item}{suffix}" for item in items for suffix in ("", NEXT, PREVIOUS))


def _files(path: Path, erasure: Erasure) -> Iterator[Path]:
    """Yield the files to be removed: everything that can be made again or may quote what is erased."""
    folder, own = path.parent, {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    yield from (one for one in sorted(folder.glob("journal*")) if one.is_file() and one.name not in own)
    yield from sorted((folder / "preflight").glob("*.part"))
    used = {str(value) for value in erasure.values.values()}
    for kept in sorted(path.with_suffix(".files").glob("*")):
        if kept.is_file() and (erasure.scope is Scope.ALL or str(kept) not in used):
            yield kept
    written = re.compile(rf"{re.escape(path.parent.name)}-\d{{4}}-\d\d-\d\d\.(html|md)(\.part)?")
    yield from (one for one in sorted((data_home() / "handovers").glob("*")) if written.fullmatch(one.name))
    yield from sorted(crash_home().glob("crash-*.txt"))
