"""Findings: what a check saw, why it matters, and what a person does about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from cxr_tui.domain.answers import Value
from cxr_tui.domain.certainty import Basis, Ground, ground_of
from cxr_tui.domain.text import visible


class Status(StrEnum):
    """How a finding turned out; `unknown` is for a check that could not look, never `pass`."""

    PASS = "pass"  # nosec B105  # noqa: S105 - a status, not a password
    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What a check as a whole allows the gate to say of its step."""

    VERIFIED = "verified"
    """A machine saw the evidence."""
    CONFIRMABLE = "confirmable"
    """The rules hold and no evidence can be had: a person's word decides."""
    WAITING = "waiting"
    """Somebody else has to act first; looked at again later."""
    FAILED = "failed"
    """Something is wrong and was named."""
    UNKNOWN = "unknown"
    """The check could not look."""


@dataclass(frozen=True)
class Fix:
    """Answers that would put a finding right, offered as one key."""

    label: str
    """What the key does, such as `Use the exact name "acme"`."""
    answers: Mapping[str, Value]
    """New values by key `step.field`."""

    def __post_init__(self) -> None:
        """Make the label safe to show."""
        object.__setattr__(self, "label", visible(self.label))


LONGEST_TEXT = 2_000
"""Characters of one text of a finding; a server or a file can name things of any length."""
_OF_THE_CODE = Ground(Basis.OWN, "of the code")


@dataclass(frozen=True)
class Finding:
    """One thing a check saw.

    An inferred rule may be wrong, so it never fails: such a finding becomes a warning. Its texts hold values from
    outside (file names, answers of servers); they are made safe to show here, once for all.
    """

    code: str
    """Stable name; scripts rely on it."""
    status: Status
    seen: str
    """The evidence, with values."""
    why: str = ""
    """What it would lead to."""
    remedy: str = ""
    """What a person does now: the click path and the exact value."""
    fix: Fix | None = None
    at: str = ""
    """Id of the earlier step at which it is put right; nothing: at the step that shows it."""
    within: str = ""
    """Code of the finding before it that this one tells more exactly; together they are one thing to put right."""
    hard_stop: bool = False
    """Whether no confirmation passes this failure, because going on does harm."""
    identity: str = ""
    """Makes it the same finding at a later check where `seen` holds times or ages that move; nothing: `seen`."""
    unnamed: str = ""
    """The evidence without names and values of single people, for reports that others read; nothing: it has none."""
    ground: Ground = _OF_THE_CODE
    """How certain it is; given only where that is not what the table has for its code."""

    def __post_init__(self) -> None:
        """Make the texts safe, look the ground up where none is given, and hold that no guess fails."""
        for name in ("seen", "why", "remedy", "unnamed"):
            object.__setattr__(self, name, visible(getattr(self, name), LONGEST_TEXT))
        if self.ground is _OF_THE_CODE:
            object.__setattr__(self, "ground", ground_of(self.code))
        if self.status is Status.FAIL and self.basis is Basis.INFERRED:
            object.__setattr__(self, "status", Status.WARN)

    @property
    def basis(self) -> Basis:
        """Where its rule, or the meaning of the answer, comes from."""
        return self.ground.basis

    @property
    def source(self) -> str:
        """The section of the facts that has it; empty for `own`."""
        return self.ground.source

    def document(self) -> dict[str, str]:
        """Return the finding as JSON documents have it."""
        return {
            "code": self.code,
            "status": self.status.value,
            "basis": self.basis.value,
            "source": self.source,
            "seen": self.seen,
            "why": self.why,
            "remedy": self.remedy,
        }

    @property
    def same_as(self) -> str:
        """Return what has to stay equal for a person's word about this finding to hold; unknown ones saw nothing."""
        return "" if self.status is Status.UNKNOWN else self.identity or self.seen


@dataclass(frozen=True)
class Waiting:
    """Who is waited for, and how long that usually takes."""

    on: str
    """Who has to act, such as `Oracle Support`."""
    usual: str
    """The documented duration in words, such as `2 to 10 working days`."""
    since: datetime | None = None
    """When the wait began (aware); None: now."""
    until: datetime | None = None
    """When looking again is worth it (aware), where that is known."""


@dataclass(frozen=True)
class Outcome:
    """The result of one check of one step."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    facts: Mapping[str, Value] = field(default_factory=dict)
    """What was learned, by name within the step."""
    waiting: Waiting | None = None

    @property
    def against(self) -> tuple[Finding, ...]:
        """Return the findings that keep the step from being done."""
        if self.verdict is Verdict.FAILED:
            return tuple(one for one in self.findings if one.status is Status.FAIL)
        if self.verdict is Verdict.UNKNOWN:
            return tuple(one for one in self.findings if one.status is Status.UNKNOWN)
        if self.verdict is Verdict.WAITING:
            return (WAITS,)
        return ()

    @property
    def hard_stop(self) -> bool:
        """Return whether going on does harm, so that no confirmation passes the step."""
        return any(one.hard_stop and one.status is Status.FAIL for one in self.findings)


WAITS = Finding("waiting", Status.UNKNOWN, "The step waits for someone else.")
"""Stands for the wait itself where a person passes a waiting step."""


class Report:
    """Collects findings and facts while a check runs, and closes with the verdict they allow."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._facts: dict[str, Value] = {}

    def copy(self) -> Report:
        """Return a report that begins with what was found so far, for a look that may have to be made twice."""
        report = Report()
        report._findings, report._facts = list(self._findings), dict(self._facts)
        return report

    @property
    def failed(self) -> bool:
        """Whether a `fail` was found so far."""
        return any(finding.status is Status.FAIL for finding in self._findings)

    def found(self, code: str) -> bool:
        """Say whether a `fail` of this code was added, so that its consequences are not told as further ones."""
        return any(finding.code == code and finding.status is Status.FAIL for finding in self._findings)

    def passed(self, code: str, seen: str, why: str = "", *, ground: Ground = _OF_THE_CODE) -> None:
        """Add evidence that something holds."""
        self._findings.append(Finding(code, Status.PASS, seen, why, ground=ground))

    def entered(self, code: str, what: str, why: str = "") -> None:
        """Add that an entry is in order; it reads as what was entered, because an entry is never evidence."""
        self.passed(code, f"Entered: {what}", why)

    def fail(
        self,
        code: str,
        seen: str,
        why: str,
        remedy: str,
        fix: Fix | None = None,
        *,
        at: str = "",
        unnamed: str = "",
        hard_stop: bool = False,
        identity: str = "",
        ground: Ground = _OF_THE_CODE,
    ) -> None:
        """Add something that is wrong: evidence, consequence, remedy; `at` names the earlier step to fix it at.

        Where its ground is inferred, it becomes a warning.
        """
        finding = Finding(code, Status.FAIL, seen, why, remedy, fix, at, unnamed=unnamed, ground=ground)
        self._findings.append(replace(finding, hard_stop=hard_stop, identity=identity))

    def warn(
        self,
        code: str,
        seen: str,
        why: str,
        remedy: str,
        fix: Fix | None = None,
        *,
        unnamed: str = "",
        ground: Ground = _OF_THE_CODE,
    ) -> None:
        """Add something that works today and will hurt later."""
        self._findings.append(Finding(code, Status.WARN, seen, why, remedy, fix, unnamed=unnamed, ground=ground))

    def unknown(self, code: str, seen: str, why: str = "", remedy: str = "", fix: Fix | None = None) -> None:
        """Add something the check could not look at, with the reason as `seen`."""
        self._findings.append(Finding(code, Status.UNKNOWN, seen, why, remedy, fix))

    def add(self, finding: Finding) -> None:
        """Add a finding made elsewhere."""
        self._findings.append(finding)

    def learn(self, name: str, value: Value) -> None:
        """Record a fact under `name` within the step; later steps may rest on it."""
        self._facts[name] = value

    def verified(self) -> Outcome:
        """Close: evidence was seen, unless a finding says otherwise."""
        return self._close(Verdict.VERIFIED, unknown_stops=True)

    def confirmable(self) -> Outcome:
        """Close: the rules hold and a person's confirmation decides."""
        return self._close(Verdict.CONFIRMABLE, unknown_stops=False)

    def waiting(self, waiting: Waiting) -> Outcome:
        """Close: somebody else has to act first."""
        outcome = self._close(Verdict.WAITING, unknown_stops=False)
        return Outcome(outcome.verdict, outcome.findings, outcome.facts, waiting)

    def _close(self, verdict: Verdict, *, unknown_stops: bool) -> Outcome:
        statuses = {finding.status for finding in self._findings}
        if Status.FAIL in statuses:
            verdict = Verdict.FAILED
        elif unknown_stops and Status.UNKNOWN in statuses:
            verdict = Verdict.UNKNOWN
        return Outcome(verdict, tuple(self._findings), dict(self._facts))
