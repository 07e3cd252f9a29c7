"""The events of the journal: one function per event that returns its entry, and outcomes read back from entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from cxr_tui.domain.answers import Value, digest
from cxr_tui.domain.certainty import Basis, Ground, ground_of
from cxr_tui.domain.finding import Finding, Fix, Outcome, Status, Verdict, Waiting
from cxr_tui.domain.responsys_data import FirstSeen
from cxr_tui.journal.store import Entry, RecordKind
from cxr_tui.security.redaction import redact_answer, redact_document, redact_report

ERASED = "erased"
"""Marks erased data in a record: in place of a digest, and as a key."""


class LoginEnd(StrEnum):
    """The result of a login outside a rotation, if it has to be remembered."""

    REFUSED = "refused"
    UNANSWERED = "unanswered"
    """It was sent, and its answer is unknown."""
    ACCEPTED = "accepted"
    """Recorded only after failed logins."""


def answer_entry(step: str, name: str, value: Value | None, source: str) -> Entry:
    """Return the record of a confirmed answer; `source` is typed, default, screen, file, fix or undo.

    Only undoing a first answer has no value. A secret in an answer is masked.
    """
    return Entry(RecordKind.ANSWER, step, {"name": name, "value": redact_answer(value), "source": source})


def secret_entry(
    step: str, name: str, item: str, version: int, source: str, *, announced: bool = False, again: bool = False
) -> Entry:
    """Return the record that a secret was set, or is about to be; the version increases by one each time.

    With `again` it is the one that was there already, so its failed logins still count.
    """
    body: dict[str, Any] = {"name": name, "item": item, "version": version, "source": source}
    body |= {"announced": True} if announced else {}
    return Entry(RecordKind.SECRET, step, body | ({"again": True} if again else {}))


def outcome_entry(step: str, outcome: Outcome, basis: Mapping[str, str]) -> Entry:
    """Return the record of a check; secrets that a server repeated are masked."""
    body = asdict(outcome)
    words = ("seen", "why", "remedy", "unnamed")
    masked = redact_document([{name: finding[name] for name in words} for finding in body["findings"]])
    for finding, said in zip(body["findings"], masked, strict=True):
        basis_of_rule, source = finding.pop("ground")
        finding |= {**said, "basis": basis_of_rule.value, "source": source}
    if outcome.waiting:
        for name in ("since", "until"):
            moment: datetime | None = getattr(outcome.waiting, name)
            body["waiting"][name] = moment.isoformat() if moment else None
    return Entry(RecordKind.OUTCOME, step, {"outcome": body, "basis": dict(basis)})


def confirmation_entry(
    step: str, by: str, basis: Mapping[str, str], against: Iterable[Finding] = (), sentence: str = ""
) -> Entry:
    """Return the record that a person confirms a step, or overrules its findings with a sentence."""
    overruled: dict[str, list[str]] = {}
    for one in against:
        overruled.setdefault(one.code, []).append(digest(one.same_as))
    body: dict[str, Any] = {"by": by, "basis": dict(basis)}
    if overruled:
        body |= {"overruled": overruled, "sentence": redact_report(sentence)}
    return Entry(RecordKind.CONFIRMATION, step, body)


def withdrawal_entry(step: str, by: str) -> Entry:
    """Return the record that a confirmation is withdrawn."""
    return Entry(RecordKind.CONFIRMATION, step, {"by": by, "basis": {}, "withdrawn": True})


def refusal_entry(step: str, item: str, end: LoginEnd = LoginEnd.REFUSED) -> Entry:
    """Return the record of a failed login with a keyring item, or of an accepted one after failures."""
    return Entry(RecordKind.REFUSAL, step, {"item": item, "end": end.value})


WAIT = "wait:"
"""Begins the digest of an instruction to wait; it holds until the next check, then there may be more to wait for."""


def visit_entry(step: str, visit: str) -> Entry:
    """Return the record that the operator carried out an instruction, by its digest."""
    return Entry(RecordKind.VISIT, step, {"visit": visit})


def run_entry(job: str, key: str, body: Mapping[str, Any]) -> Entry:
    """Return the record of a job's run; `key` identifies the run later."""
    return Entry(RecordKind.RUN, job, {"key": key, **body})


def note_entry(step: str, text: str) -> Entry:
    """Return the record of an unknown message; text that may be secret is masked."""
    return Entry(RecordKind.NOTE, step, {"text": redact_report(text)})


def first_seen_entry(one: FirstSeen) -> Entry:
    """Return the record of an undocumented word."""
    return Entry(RecordKind.FIRST_SEEN, "", {"at": one.at, "kind": one.kind.value, "word": one.word})


def request_entry(step: str, on: str, number: str, account: str) -> Entry:
    """Return the record of an early request for a step: its date, its number, and the account that it names."""
    return Entry(RecordKind.REQUEST, step, {"on": on, "number": redact_report(number), "for": account})


def erasure_entry(scope: str, by: str, fields: Iterable[str], counts: Mapping[str, int]) -> Entry:
    """Return the tombstone of an erasure: scope, OS user and fields; never a value."""
    body = {"scope": scope, "by": by, "fields": sorted(fields), "counts": dict(counts)}
    return Entry(RecordKind.ERASURE, "", body)


def preflight_entry(what: str, body: Mapping[str, Any]) -> Entry:
    """Return the record of a preflight result, without personal data, or of a rehearsal's progress."""
    return Entry(RecordKind.PREFLIGHT, "", {"what": what, **body})


def outcome_from(body: Mapping[str, Any]) -> Outcome:
    """Read an outcome from its record."""
    findings = tuple(map(finding_from, body["findings"]))
    waiting = msgspec.convert(body["waiting"], Waiting | None)
    verdict = _EARLIER_VERDICTS.get(body["verdict"]) or Verdict(body["verdict"])
    if verdict is Verdict.FAILED and not any(one.status is Status.FAIL for one in findings):
        verdict = Verdict.CONFIRMABLE  # an earlier version failed on an inferred rule
    return Outcome(verdict, findings, body["facts"], waiting)


_EARLIER_VERDICTS = {"proven": Verdict.VERIFIED, "attestable": Verdict.CONFIRMABLE}
"""Verdicts by their names in journals of version 1."""


def finding_from(body: Mapping[str, Any]) -> Finding:
    """Read a finding; one of an earlier version gets the ground of its code."""
    rest = {name: value for name, value in body.items() if name not in ("basis", "source")}
    ground = Ground(Basis(body["basis"]), body["source"]) if "basis" in body else ground_of(body["code"])
    fix = Fix(**body["fix"]) if body.get("fix") else None
    return Finding(**{**rest, "status": Status(body["status"]), "fix": fix, "ground": ground})
