"""What an erasure changes in the records of a journal: values, facts and findings about them, and digests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cxr_tui.domain.answers import Value, digest, leaves
from cxr_tui.domain.errors import LOCK_LASTS
from cxr_tui.guide.definition import Guide, Kind, Personal
from cxr_tui.journal.events import ERASED
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry, Record, RecordKind

SHORTEST = 4
"""Characters; a shorter text is part of too many words to search findings for it."""
WORD = "(erased)"
"""Replaces erased text."""
_CLOSED = frozenset({Kind.CHOICE, Kind.CHECKLIST, Kind.CHECKBOX, Kind.CONFIRM, Kind.NUMBER})
"""Kinds of fields that accept only what they offer."""
_MOMENT = re.compile(r"[\d:./ -]*")
_EMAIL = re.compile(r"[^\s@<>()\"',;:=/]+@[^\s@<>()\"',;:=/]+\.[^\s@<>()\"',;:=/.]+")
_OPERATOR, _PERSON = "operator", "person"
"""Who confirmed, where it was no user of this computer: the sandbox's operator, or a person as version 1 noted."""
_LOGINS = frozenset({RecordKind.REFUSAL, RecordKind.ROTATION})


class Scope(StrEnum):
    """How much is erased."""

    RECORDS = "records"
    ANSWERS = "answers"
    ALL = "all"

    @property
    def label(self) -> str:
        """Return a short name of what it removes."""
        return _LABELS[self]

    @property
    def removes(self) -> str:
        """Return what it removes."""
        return _REMOVES[self]


_LABELS = {
    Scope.RECORDS: "Sample records and profiles looked up",
    Scope.ANSWERS: "The same, email addresses, free text, earlier answers",
    Scope.ALL: "Everything of this integration",
}
_REMOVES = {
    Scope.RECORDS: "sample records and profiles looked up: every value ever entered for them, findings about them, "
    "preflight results, fetched parts of exported files, messages kept as notes",
    Scope.ANSWERS: "the same, and typed texts: email addresses, display names, descriptions, filters, and every "
    "earlier value of any text field",
    Scope.ALL: "everything in the journal of this integration",
}


class Erasure:
    """What one scope changes in the records of a journal."""

    def __init__(self, guide: Guide, scope: Scope, records: Sequence[Record]) -> None:
        self.now = max([datetime.now(UTC), *(record.at for record in records[-1:])])
        self.bodies: dict[int, Mapping[str, Any]] = {}
        self.gone: frozenset[int] = frozenset()
        self.counts: dict[str, int] = {}
        self.fields: frozenset[str] = frozenset()
        self.values: Mapping[str, Value] = {}
        """All values after the erasure."""
        self.scope = scope
        self._by_emails = scope is not Scope.RECORDS
        if scope is Scope.ALL:
            self._erase_all(records)
            return
        self._kinds = {step.key(one.name): one.kind for step in guide.steps for one in step.fields}
        self._personal = guide.personal(*(Personal if self._by_emails else (Personal.RECORDS,)))
        self._texts: set[str] = set()
        touched = self._erase_values(records)
        after = JournalState()
        after.apply(self._rewritten(records))
        self.values = after.values
        current = {text for value in self.values.values() for text in leaves(value)}
        self._texts = {text for text in self._texts if len(text) >= SHORTEST and text not in current}
        longest_first = sorted(self._texts, key=len, reverse=True)
        self._quoted = re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in longest_first) or r"(?!)")
        self._erase_traces(records, touched)
        self.fields = frozenset(touched)

    def _erase_all(self, records: Sequence[Record]) -> None:
        recent = self.now - LOCK_LASTS
        kept = {one.seq for one in records if one.entry.kind in _LOGINS and one.at >= recent}
        kept |= {one.seq for one in records if one.entry.kind is RecordKind.ERASURE}
        self.gone = frozenset(one.seq for one in records) - kept
        self.counts = {"records": len(self.gone)}
        self.fields = frozenset({"*"})

    def _rewritten(self, records: Sequence[Record]) -> list[Record]:
        return [
            Record(one.seq, one.at, Entry(one.entry.kind, one.entry.step, self.bodies.get(one.seq, one.entry.body)))
            for one in records
        ]

    # Values

    def _erase_values(self, records: Sequence[Record]) -> set[str]:
        """Erase answers and facts; return their keys."""
        answers = [one for one in records if one.entry.kind is RecordKind.ANSWER]
        newest = {_key(one): one for one in answers}
        in_use = {key: one.entry.body["value"] for key, one in newest.items() if not self._is_personal(key, one)}
        touched: set[str] = set()
        for one in answers:
            key, body = _key(one), one.entry.body
            value = body["value"]
            superseded = self._is_text(key, value) and value != in_use.get(key)
            if value is not None and (self._is_personal(key, one) or superseded):
                self._texts.update(leaves(value))
                touched.add(key)
                self._put(one, "answers", {**body, "value": None, ERASED: True})
        self._texts.difference_update(text for value in in_use.values() for text in leaves(value))
        for one in records:
            if one.entry.kind is RecordKind.OUTCOME:
                touched |= self._erase_facts(one)
        return touched

    def _is_personal(self, key: str, answer: Record) -> bool:
        value = answer.entry.body["value"]
        return key in self._personal or (self._is_text(key, value) and _has_email(value))

    def _is_text(self, key: str, value: Value | None) -> bool:
        """Return whether a field takes free text, where the scope goes beyond records."""
        kind = self._kinds.get(key)
        if kind in (Kind.DATE, Kind.TIME) and _MOMENT.fullmatch(str(value)):
            return False  # earlier ones are needed: a run is compared with the schedule of its day
        return self._by_emails and kind not in _CLOSED

    def _erase_facts(self, record: Record) -> set[str]:
        outcome = record.entry.body["outcome"]
        wrong = {
            name: value
            for name, value in outcome["facts"].items()
            if (self._by_emails and _has_email(value)) or not self._texts.isdisjoint(leaves(value))
        }
        if wrong:
            facts = {name: value for name, value in outcome["facts"].items() if name not in wrong}
            self._put(record, "facts", {**record.entry.body, "outcome": {**outcome, "facts": facts}}, len(wrong))
        for value in wrong.values():
            self._texts.update(leaves(value))
        return {f"{record.entry.step}.{name}" for name in wrong}

    # Findings, digests and notes about them

    def _erase_traces(self, records: Sequence[Record], touched: set[str]) -> None:
        for one in records:
            body = self.bodies.get(one.seq, one.entry.body)
            match one.entry.kind:
                case RecordKind.OUTCOME:
                    self._erase_basis(one, body, touched)
                case RecordKind.CONFIRMATION:
                    self._erase_basis(one, body, touched)
                    self._erase_confirmation(one)
                case RecordKind.VISIT if body["visit"]:
                    self._put(one, "digests", {"visit": ""})
                case RecordKind.NOTE if ERASED not in body:
                    self._put(one, "notes", {"text": "", ERASED: True})
                case RecordKind.FIRST_SEEN if ERASED not in body and self._masked(body["word"]) != body["word"]:
                    self._put(one, "words", {**body, "word": "", ERASED: True})
                case RecordKind.REQUEST:
                    masked = {name: self._masked(body[name]) for name in ("number", "for")}
                    if masked != {name: body[name] for name in masked}:
                        self._put(one, "notes", {**body, **masked})
                case RecordKind.PREFLIGHT if "answer" in body:
                    self._put(one, "preflight_answers", {"what": body["what"], ERASED: True})
                case _:
                    pass

    def _erase_basis(self, record: Record, body: Mapping[str, Any], touched: set[str]) -> None:
        rested_on: Mapping[str, str] = body["basis"]
        wrong = {
            key
            for key, was in rested_on.items()
            if key in touched and was not in (ERASED, digest(None), digest(self.values.get(key)))
        }
        if wrong:
            basis = {key: ERASED if key in wrong else was for key, was in rested_on.items()}
            self._put(record, "digests", {**body, "basis": basis}, len(wrong))
        if record.entry.kind is RecordKind.OUTCOME:
            body = self.bodies.get(record.seq, body)
            self._erase_findings(record, body, whole=bool(wrong))

    def _erase_confirmation(self, record: Record) -> None:
        """Erase the sentence and author of a confirmation, and what it overrules where the values are erased."""
        body = before = self.bodies.get(record.seq, record.entry.body)
        if body.get("sentence"):
            body = {**body, "sentence": WORD}
        if ERASED in body["basis"].values() and "overruled" in body:
            body = {**body, "overruled": {code: [ERASED] for code in body["overruled"]}}
        if self._by_emails and body["by"] not in (_OPERATOR, _PERSON):
            body = {**body, "by": _PERSON}
        if body != before:
            self._put(record, "confirmations", body)

    def _erase_findings(self, record: Record, body: Mapping[str, Any], *, whole: bool) -> None:
        outcome = body["outcome"]
        findings = [_emptied(one) if whole else self._masked_finding(one) for one in outcome["findings"]]
        waiting = outcome["waiting"]
        if waiting:
            waiting = {**waiting, "on": self._masked(waiting["on"]), "usual": self._masked(waiting["usual"])}
        facts = outcome["facts"]
        if whole:  # facts about the erased values that are no longer current
            facts = {
                name: value for name, value in facts.items() if self.values.get(f"{record.entry.step}.{name}") == value
            }
        new = {**outcome, "findings": findings, "waiting": waiting, "facts": facts}
        if new != outcome:
            changed = sum(one != before for one, before in zip(findings, outcome["findings"], strict=True))
            self._put(record, "findings", {**body, "outcome": new}, changed)

    def _masked_finding(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        masked = {name: self._masked(finding[name]) for name in ("seen", "why", "remedy", "unnamed") if name in finding}
        fix = finding["fix"]
        if fix and any(self._masked(text) != text for text in leaves(fix)):
            fix = None
        return {**finding, **masked, "fix": fix}

    def _masked(self, text: str) -> str:
        text = self._quoted.sub(WORD, text)
        return _EMAIL.sub(WORD, text) if self._by_emails else text

    def _put(self, record: Record, kind: str, body: Mapping[str, Any], count: int = 1) -> None:
        self.bodies[record.seq] = body
        self.counts[kind] = self.counts.get(kind, 0) + count


def _key(record: Record) -> str:
    return f"{record.entry.step}.{record.entry.body['name']}"


def _emptied(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {**finding, "seen": WORD, "why": "", "remedy": "", "fix": None, "unnamed": ""}


def _has_email(value: Any) -> bool:  # noqa: ANN401 - as JSON has it
    return any(_EMAIL.search(text) for text in leaves(value))
