"""The journal folded into what holds now: values, newest outcomes, confirmations, waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cxr_tui.domain.answers import Known, Value, digest
from cxr_tui.domain.basis import Basis
from cxr_tui.domain.finding import Finding, Fix, Outcome, Status, Verdict, Waiting
from cxr_tui.domain.first_seen import FirstSeen, WordKind
from cxr_tui.domain.login_endings import Result
from cxr_tui.domain.rules import Ground, ground_of
from cxr_tui.journal.rotations import RefusalStreak, Rotation, fold, streak_after, try_of, with_refusal_outside
from cxr_tui.journal.store import Entry, Record, RecordKind
from cxr_tui.security.redaction import redact_answer, redact_document, redact_report

ERASED = "erased"
"""Stands in a record for what was erased from it: in place of a digest, and as a name for the fact itself."""


@dataclass(frozen=True)
class CheckRecord:
    """A check's outcome with the moment and the digests of the values it rested on."""

    at: datetime
    outcome: Outcome
    basis: Mapping[str, str]
    on_entries: bool = False
    """Whether version 1 called it proven although no evidence came from outside."""


@dataclass(frozen=True)
class Confirmed:
    """A person's (or the operator's) word that a step was done, with the values it was given for."""

    at: datetime
    by: str
    basis: Mapping[str, str]
    overruled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Digests of what the overruled findings saw, by code."""
    sentence: str = ""
    """Why they were overruled."""


@dataclass(frozen=True)
class AnswerSource:
    """Where a value came from and when."""

    at: datetime
    source: str


@dataclass(frozen=True)
class TimedBody:
    """A record that stands for itself, with its moment."""

    at: datetime
    body: Mapping[str, Any]


class LoginEnd(StrEnum):
    """How a login outside of a rotation ended, where that has to be remembered."""

    REFUSED = "refused"
    UNANSWERED = "unanswered"
    """It was sent, and nobody knows how it was answered."""
    ACCEPTED = "accepted"
    """Noted only where others went wrong before."""


ONE_SIDED = "rotation.one_sided"
"""Known value by which a check sees that a rotation was left half done; there only while that is so."""


@dataclass
class JournalState:
    """The folded journal; feed it every record once, in order."""

    seq: int = 0
    values: dict[str, Value] = field(default_factory=dict)
    """Answers, facts and secret versions by key `step.name`."""
    answer_sources: dict[str, AnswerSource] = field(default_factory=dict)
    """Provenance of the answers among the values."""
    checks: dict[str, CheckRecord] = field(default_factory=dict)
    """Newest outcome of each step that could look, else the newest that could not."""
    inconclusive: dict[str, CheckRecord] = field(default_factory=dict)
    """Newest outcome of each step, where the check could not look although an earlier one could."""
    confirmed: dict[str, Confirmed] = field(default_factory=dict)
    pending_secrets: set[str] = field(default_factory=set)
    """Keys of secrets of which another was about to be kept, and nobody knows whether it was."""
    waiting_since: dict[str, datetime] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    """Refused logins by keyring item, since its secret was last set or accepted."""
    unanswered: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    """When logins were sent and no answer came, by keyring item, since the same."""
    completed_visits: dict[str, set[str]] = field(default_factory=dict)
    """Digests of the visits that the operator has made for a step since its last check: not to be made twice."""
    rotations: dict[str, Rotation] = field(default_factory=dict)
    """Newest rotation by keyring item."""
    refusal_streaks: dict[str, RefusalStreak] = field(default_factory=dict)
    """Refused logins in a row by keyring item of the user, across its rotations and since the first of them."""
    password_rules: dict[str, int] | None = None
    """What the account demands of a password, as somebody said; None: nobody was asked yet."""
    answer_history: dict[str, list[tuple[datetime, Value]]] = field(default_factory=dict)
    """Every answer by key with the time it was given, oldest first: a job is judged by the schedule of its day.

    Of facts, those that changed: what was learned first counts from the beginning of time."""
    runs: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Runs of the jobs that were seen, by job and the run's own key; a later look at the same run replaces it."""
    preflights: dict[str, TimedBody] = field(default_factory=dict)
    """Newest answer of preflight, and how far a rehearsal is, by what the record tells."""
    notes: dict[str, list[TimedBody]] = field(default_factory=dict)
    """Messages that are not known, by step, oldest first."""
    first_seen: dict[FirstSeen, datetime] = field(default_factory=dict)
    """Words of the products that no document mentions, with the time they were met first."""
    requested: dict[str, datetime] = field(default_factory=dict)
    """When others were asked for what a step needs, by step, where that was before its turn."""
    erased: set[str] = field(default_factory=set)
    """Keys whose values were erased; `*`: all of them."""

    def known(self) -> Known:
        """Return all values."""
        return Known(self.values)

    def one_sided(self) -> bool:
        """Say whether a password was changed in Responsys and not in CX Audience, or the other way round."""
        return any(rotation.one_sided for rotation in self.rotations.values())

    @property
    def wrong_logins(self) -> int:
        """How many logins with whatever secret count as refused, or as unanswered, at the moment."""
        return sum(self.refusals.values()) + sum(map(len, self.unanswered.values()))

    def rests_on_erased(self, entry: Entry) -> bool:
        """Say whether a record to be written rests on values that were erased since they were read."""
        rested_on = entry.body.get("basis", {})
        return any(
            was not in (digest(None), digest(self.values.get(key)))
            for key, was in rested_on.items()
            if key in self.erased or "*" in self.erased
        )

    def refusal_streak(self, item: str) -> RefusalStreak:
        """Return the refused logins in a row of the user whose secret lies, or will lie, under an item."""
        bases = (base for base, one in self.rotations.items() if item in (one.item, one.next))
        return self.refusal_streaks.get(next(bases, item), RefusalStreak())

    def apply(self, records: Iterable[Record]) -> None:
        """Fold further records in."""
        for record in records:
            self.seq = record.seq
            _FOLDS[record.entry.kind](self, record)

    def _answer(self, record: Record) -> None:
        body = record.entry.body
        key = f"{record.entry.step}.{body['name']}"
        if ERASED in body:
            self.values.pop(key, None)
            self.answer_sources.pop(key, None)
            return
        if body["value"] is None:
            # An undone first answer: nothing stands there again, and what the operator did for it may be done anew.
            self.values.pop(key, None)
            self.answer_sources.pop(key, None)
            self.completed_visits.pop(record.entry.step, None)
            self.answer_history.setdefault(key, []).append((record.at, ""))
            return
        self.values[key] = body["value"]
        self.answer_sources[key] = AnswerSource(record.at, body["source"])
        self.answer_history.setdefault(key, []).append((record.at, body["value"]))

    def _secret(self, record: Record) -> None:
        body = record.entry.body
        key = f"{record.entry.step}.{body['name']}"
        self.values[key] = int(body["version"])
        if body.get("announced"):
            self.pending_secrets.add(key)
            return
        self.pending_secrets.discard(key)
        self.answer_sources[key] = AnswerSource(record.at, body["source"])
        self._right(body["item"])
        rotation = self.rotations.get(body["item"])
        if (
            rotation is not None and not rotation.open
        ):  # somebody has entered it anew, and says with it that it is right
            self.refusal_streaks.pop(body["item"], None)

    def _outcome(self, record: Record) -> None:
        step, body = record.entry.step, record.entry.body
        outcome = outcome_from(body["outcome"])
        for name, value in outcome.facts.items():
            key = f"{step}.{name}"
            before = self.values.get(key, value)
            if before != value and key not in self.answer_sources:
                self.answer_history.setdefault(key, [(datetime.min.replace(tzinfo=UTC), before)]).append(
                    (record.at, value)
                )
            self.values[key] = value
        on_entries = body["outcome"]["verdict"] == "proven" and step not in _SEEN_OUTSIDE
        judged = CheckRecord(record.at, outcome, body["basis"], on_entries)
        if outcome.verdict is not Verdict.WAITING:  # what was done there is done, and only waited for
            self.completed_visits.pop(step, None)
        if outcome.verdict is Verdict.UNKNOWN and step in self.checks:
            self.inconclusive[step] = judged
        else:
            self.checks[step] = judged
            self.inconclusive.pop(step, None)
        if outcome.verdict is Verdict.WAITING:
            since = outcome.waiting.since if outcome.waiting else None
            self.waiting_since.setdefault(step, since or record.at)
        elif outcome.verdict is not Verdict.UNKNOWN:
            self.waiting_since.pop(step, None)

    def _confirmation(self, record: Record) -> None:
        step, body = record.entry.step, record.entry.body
        if body.get("withdrawn"):
            self.confirmed.pop(step, None)
            return
        overruled = {code: tuple(seen) for code, seen in body.get("overruled", {}).items()}
        self.confirmed[step] = Confirmed(record.at, body["by"], body["basis"], overruled, body.get("sentence", ""))

    def _refusal(self, record: Record) -> None:
        item, end = record.entry.body["item"], LoginEnd(record.entry.body.get("end", LoginEnd.REFUSED))
        bases = [base for base, one in self.rotations.items() if item in (one.item, one.next)]
        if end is LoginEnd.ACCEPTED:
            self._right(item)
            self.refusal_streaks |= dict.fromkeys(bases, RefusalStreak())
            return
        if end is LoginEnd.REFUSED:
            self.refusals[item] = self.refusals.get(item, 0) + 1
        else:
            self.unanswered[item] = (*self.unanswered.get(item, ()), record.at)
        for base in bases:
            if self.rotations[base].open:
                self.rotations[base] = with_refusal_outside(self.rotations[base], item, record.at)
            self.refusal_streaks[base] = RefusalStreak(
                self.refusal_streaks.get(base, RefusalStreak()).count + 1, record.at
            )

    def _right(self, item: str) -> None:
        """Forget what went wrong with logins: the secret was accepted, or entered anew."""
        self.refusals.pop(item, None)
        self.unanswered.pop(item, None)

    def _rotation(self, record: Record) -> None:
        body = record.entry.body
        if body["what"] == "rules":
            self.password_rules = dict(body["rules"])
            return
        item = body["item"]
        rotation = fold(self.rotations.get(item), body, record.at)
        if rotation is None:
            return
        self.rotations[item] = rotation
        self.refusal_streaks[item] = streak_after(self.refusal_streaks.get(item, RefusalStreak()), body, record.at)
        answered = try_of(rotation, body) if body["what"] == "tried" else None
        if answered is not None:
            self._count_try(answered.item, answered.result)
        if self.one_sided():
            self.values[ONE_SIDED] = True
        else:
            self.values.pop(ONE_SIDED, None)

    def _count_try(self, tried: str, result: Result) -> None:
        if result is Result.ACCEPTED:
            self._right(tried)
        elif result.counts:
            self.refusals[tried] = self.refusals.get(tried, 0) + 1

    def _visit(self, record: Record) -> None:
        self.completed_visits.setdefault(record.entry.step, set()).add(record.entry.body["visit"])

    def _run(self, record: Record) -> None:
        self.runs.setdefault(record.entry.step, {})[record.entry.body["key"]] = record.entry.body

    def _preflight(self, record: Record) -> None:
        self.preflights[record.entry.body["what"]] = TimedBody(record.at, record.entry.body)

    def _note(self, record: Record) -> None:
        if ERASED not in record.entry.body:
            self.notes.setdefault(record.entry.step, []).append(TimedBody(record.at, record.entry.body))

    def _first_seen(self, record: Record) -> None:
        body = record.entry.body
        if ERASED not in body:
            self.first_seen.setdefault(FirstSeen(body["at"], WordKind(body["kind"]), body["word"]), record.at)

    def _request(self, record: Record) -> None:
        step, body = record.entry.step, record.entry.body
        self.requested[step] = record.at
        self.values |= {f"{step}.requested_{name}": body[name] for name in ("on", "number", "for")}

    def _erasure(self, record: Record) -> None:
        self.erased.update(record.entry.body["fields"])


_FOLDS = {
    RecordKind.ANSWER: JournalState._answer,
    RecordKind.SECRET: JournalState._secret,
    RecordKind.OUTCOME: JournalState._outcome,
    RecordKind.CONFIRMATION: JournalState._confirmation,
    RecordKind.REFUSAL: JournalState._refusal,
    RecordKind.VISIT: JournalState._visit,
    RecordKind.ROTATION: JournalState._rotation,
    RecordKind.RUN: JournalState._run,
    RecordKind.PREFLIGHT: JournalState._preflight,
    RecordKind.NOTE: JournalState._note,
    RecordKind.FIRST_SEEN: JournalState._first_seen,
    RecordKind.REQUEST: JournalState._request,
    RecordKind.ERASURE: JournalState._erasure,
}


def answer_entry(step: str, name: str, value: Value | None, source: str) -> Entry:
    """Return the record of a confirmed answer; `source` is typed, default, screen, file, fix or undo.

    Only an undoing has no value: nothing stood there before. A secret that got into an answer is masked.
    """
    return Entry(RecordKind.ANSWER, step, {"name": name, "value": redact_answer(value), "source": source})


def secret_entry(step: str, name: str, item: str, version: int, source: str, *, announced: bool = False) -> Entry:
    """Return the record that a secret was set, or is about to be; the version grows by one each time."""
    body: dict[str, Any] = {"name": name, "item": item, "version": version, "source": source}
    return Entry(RecordKind.SECRET, step, body | ({"announced": True} if announced else {}))


def outcome_entry(step: str, outcome: Outcome, basis: Mapping[str, str]) -> Entry:
    """Return the record of a check; what a server repeated of a secret is masked in it."""
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
    """Return the record that somebody confirms a step, with a sentence also against findings."""
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
    """Return the record of a login with the secret under `item` that went wrong, or right after others went wrong."""
    return Entry(RecordKind.REFUSAL, step, {"item": item, "end": end.value})


def visit_entry(step: str, visit: str) -> Entry:
    """Return the record that the operator made a visit, by its digest."""
    return Entry(RecordKind.VISIT, step, {"visit": visit})


def run_entry(job: str, key: str, body: Mapping[str, Any]) -> Entry:
    """Return the record of a run of a job that was seen; `key` stands for this run at every later look."""
    return Entry(RecordKind.RUN, job, {"key": key, **body})


def note_entry(step: str, text: str) -> Entry:
    """Return the record of a message that is not known; what sounds secret in it is masked."""
    return Entry(RecordKind.NOTE, step, {"text": redact_report(text)})


def first_seen_entry(one: FirstSeen) -> Entry:
    """Return the record of a word that no document mentions."""
    return Entry(RecordKind.FIRST_SEEN, "", {"at": one.at, "kind": one.kind.value, "word": one.word})


def request_entry(step: str, on: str, number: str, account: str) -> Entry:
    """Return the record that others were asked for what a step needs: the day, its number, the account it names."""
    return Entry(RecordKind.REQUEST, step, {"on": on, "number": redact_report(number), "for": account})


def erasure_entry(scope: str, by: str, fields: Iterable[str], counts: Mapping[str, int]) -> Entry:
    """Return the tombstone of an erasure: what kind was erased, by which OS user, of which fields; never a value."""
    body = {"scope": scope, "by": by, "fields": sorted(fields), "counts": dict(counts)}
    return Entry(RecordKind.ERASURE, "", body)


def preflight_entry(what: str, body: Mapping[str, Any]) -> Entry:
    """Return the record of an answer of preflight, without any person's value, or of a rehearsal's progress."""
    return Entry(RecordKind.PREFLIGHT, "", {"what": what, **body})


def outcome_from(body: Mapping[str, Any]) -> Outcome:
    """Read an outcome back from its record."""
    findings = tuple(map(_finding_from, body["findings"]))
    waiting = None
    if body["waiting"]:
        told = body["waiting"]
        waiting = Waiting(told["on"], told["usual"], _moment(told["since"]), _moment(told["until"]))
    verdict = _EARLIER_VERDICTS.get(body["verdict"]) or Verdict(body["verdict"])
    later = body["verified_later"] if "verified_later" in body else body["proven_later"]
    if verdict is Verdict.FAILED and not any(one.status is Status.FAIL for one in findings):
        verdict = Verdict.CONFIRMABLE  # an earlier version failed it on a guess
    return Outcome(verdict, findings, body["facts"], waiting, later)


_EARLIER_VERDICTS = {"proven": Verdict.VERIFIED, "attestable": Verdict.CONFIRMABLE}
"""Verdicts by the words that journals of version 1 have for them."""

_SEEN_OUTSIDE = frozenset(
    {
        "account",
        "first-password",
        "destination-connectivity",
        "export-schedule",
        "exported-file",
        "imported-profiles",
        "go-live",
    }
)
"""Steps that version 1 called proven on evidence from outside; at all others it had read entries or a chosen file."""


def _finding_from(body: Mapping[str, Any]) -> Finding:
    """Read a finding back; one of an earlier version has the ground of its code."""
    rest = {name: value for name, value in body.items() if name not in ("basis", "source")}
    ground = Ground(Basis(body["basis"]), body["source"]) if "basis" in body else ground_of(body["code"])
    fix = Fix(**body["fix"]) if body["fix"] else None
    return Finding(**{**rest, "status": Status(body["status"]), "fix": fix, "ground": ground})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
