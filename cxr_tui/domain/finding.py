"""Findings: what a check saw, why it matters, and how to fix it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from cxr_tui.domain.answers import Value
from cxr_tui.domain.certainty import Basis, Ground, ground_of
from cxr_tui.domain.text import visible


class Status(StrEnum):
    """The status of a finding; a check that could not run is `unknown`, never `pass`."""

    PASS = "pass"  # nosec B105  # noqa: S105 - a status, not a password
    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """The result of a whole check, for the gate."""

    VERIFIED = "verified"
    """A program saw the evidence."""
    CONFIRMABLE = "confirmable"
    """The entries are valid, but there is no evidence: a person confirms."""
    WAITING = "waiting"
    """Another party has to act first; checked again later."""
    FAILED = "failed"
    """A finding failed."""
    UNKNOWN = "unknown"
    """The check could not run."""


@dataclass(frozen=True)
class Fix:
    """Answers that would fix a finding, offered as one key."""

    label: str
    """What the key does, such as `Use "acme"`."""
    answers: Mapping[str, Value]
    """New values by key `step.field`."""

    def __post_init__(self) -> None:
        """Make the label safe to show."""
        object.__setattr__(self, "label", visible(self.label))


LONGEST_TEXT = 2_000
"""Most characters of one text of a finding; names from servers and files have any length."""
_OF_THE_CODE = Ground(Basis.OWN, "of the code")


@dataclass(frozen=True)
class Finding:
    """One thing that a check saw.

    An inferred rule may be wrong, so it never fails: such a finding becomes a warning. Its texts have values from
    outside (file names, answers of servers); they are made safe to show here.
    """

    code: str
    """Stable name; scripts rely on it."""
    status: Status
    seen: str
    """The evidence, with values."""
    why: str = ""
    """Its consequence."""
    remedy: str = ""
    """How to fix it: the click path and the exact value."""
    fix: Fix | None = None
    at: str = ""
    """Id of the earlier step at which to fix it; empty: at this step."""
    within: str = ""
    """Code of the preceding finding that this one details; both are one problem to fix."""
    hard_stop: bool = False
    """Whether no confirmation passes this failure, because continuing does harm."""
    identity: str = ""
    """Identifies the finding at a later check if `seen` has changing times; empty: `seen`."""
    unnamed: str = ""
    """The evidence without personal data, for reports that others read; empty: `seen` has none."""
    ground: Ground = _OF_THE_CODE
    """How certain it is; given only if it differs from the table."""

    def __post_init__(self) -> None:
        """Make the texts safe, look up the ground, and turn an inferred failure into a warning."""
        for name in ("seen", "why", "remedy", "unnamed"):
            object.__setattr__(self, name, visible(getattr(self, name), LONGEST_TEXT))
        if self.ground is _OF_THE_CODE:
            object.__setattr__(self, "ground", ground_of(self.code))
        if self.status is Status.FAIL and self.basis is Basis.INFERRED:
            object.__setattr__(self, "status", Status.WARN)

    @property
    def basis(self) -> Basis:
        """The basis of its rule, or of the meaning of the answer."""
        return self.ground.basis

    @property
    def source(self) -> str:
        """The section of the facts; empty for `own`."""
        return self.ground.source

    def document(self) -> dict[str, str]:
        """Return the finding for JSON documents."""
        names = ("code", "status", "basis", "source", "seen", "why", "remedy")
        return {name: str(getattr(self, name)) for name in names}

    @property
    def same_as(self) -> str:
        """Return the text that identifies the finding for a confirmation; unknown ones saw nothing."""
        return "" if self.status is Status.UNKNOWN else self.identity or self.seen


@dataclass(frozen=True)
class Waiting:
    """A wait for another party, and its usual duration."""

    on: str
    """Who has to act, such as `Oracle Support`."""
    usual: str
    """The documented duration in words, such as `2 to 10 working days`."""
    since: datetime | None = None
    """When the wait began (aware); None: now."""
    until: datetime | None = None
    """When to check again (aware), if known."""


@dataclass(frozen=True)
class Outcome:
    """The result of one check of one step."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    facts: Mapping[str, Value] = field(default_factory=dict)
    """Learned facts, by name within the step."""
    waiting: Waiting | None = None

    @property
    def against(self) -> tuple[Finding, ...]:
        """Return the findings that keep the step from being done."""
        if self.verdict is Verdict.WAITING:
            return (WAITS,)
        against = {Verdict.FAILED: Status.FAIL, Verdict.UNKNOWN: Status.UNKNOWN}.get(self.verdict)
        return tuple(one for one in self.findings if one.status is against)

    @property
    def hard_stop(self) -> bool:
        """Return whether continuing does harm, so that no confirmation passes the step."""
        return any(one.hard_stop and one.status is Status.FAIL for one in self.findings)


WAITS = Finding("waiting", Status.UNKNOWN, "The step waits for someone else.")
"""Represents the wait if a person passes a waiting step."""


class Report:
    """Collects findings and facts while a check runs, and returns the outcome."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []
        self._facts: dict[str, Value] = {}

    def copy(self) -> Report:
        """Return a copy of this report, for a check that may have to be repeated."""
        report = Report()
        report._findings, report._facts = list(self._findings), dict(self._facts)
        return report

    @property
    def failed(self) -> bool:
        """Whether a finding has failed so far."""
        return any(finding.status is Status.FAIL for finding in self._findings)

    def found(self, code: str) -> bool:
        """Return whether a finding of this code failed, so that its consequences are not reported too."""
        return any(finding.code == code and finding.status is Status.FAIL for finding in self._findings)

    def passed(self, code: str, seen: str, why: str = "", *, ground: Ground = _OF_THE_CODE) -> None:
        """Add evidence of success."""
        self._findings.append(Finding(code, Status.PASS, seen, why, ground=ground))

    def entered(self, code: str, what: str, why: str = "") -> None:
        """Add a valid entry; it reads “Entered: …”, because an entry is never evidence."""
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
        """Add a problem: evidence, consequence, remedy; `at` names the earlier step at which to fix it.

        An inferred problem becomes a warning.
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
        """Add a warning."""
        self._findings.append(Finding(code, Status.WARN, seen, why, remedy, fix, unnamed=unnamed, ground=ground))

    def unknown(self, code: str, seen: str, why: str = "", remedy: str = "", fix: Fix | None = None) -> None:
        """Add something that could not be checked, with the reason as `seen`."""
        self._findings.append(Finding(code, Status.UNKNOWN, seen, why, remedy, fix))

    def add(self, finding: Finding) -> None:
        """Add a finding made elsewhere."""
        self._findings.append(finding)

    def learn(self, name: str, value: Value) -> None:
        """Record a fact under `name` within the step; later steps may use it."""
        self._facts[name] = value

    def verified(self) -> Outcome:
        """Return the outcome: verified, unless a finding failed or is unknown."""
        return self._close(Verdict.VERIFIED, unknown_stops=True)

    def confirmable(self) -> Outcome:
        """Return the outcome: a person can confirm, unless a finding failed."""
        return self._close(Verdict.CONFIRMABLE, unknown_stops=False)

    def waiting(self, waiting: Waiting) -> Outcome:
        """Return the outcome: another party has to act first, unless a finding failed."""
        return replace(self._close(Verdict.WAITING, unknown_stops=False), waiting=waiting)

    def _close(self, verdict: Verdict, *, unknown_stops: bool) -> Outcome:
        statuses = {finding.status for finding in self._findings}
        if Status.FAIL in statuses:
            verdict = Verdict.FAILED
        elif unknown_stops and Status.UNKNOWN in statuses:
            verdict = Verdict.UNKNOWN
        return Outcome(verdict, tuple(self._findings), dict(self._facts))
