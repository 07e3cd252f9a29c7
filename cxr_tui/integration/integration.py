"""One open integration: answers go in, checks run, the journal grows, and the gate computes which steps are open."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from cxr_tui.domain.answers import Known, Value, leaves
from cxr_tui.domain.finding import Finding, Fix, Outcome, Status, Verdict
from cxr_tui.domain.instruction import Visit
from cxr_tui.domain.login_endings import one_command
from cxr_tui.domain.ports import Credentials, Operator, Progress, Screens
from cxr_tui.domain.responsys_data import FirstSeen, bare
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.guide.catalog.errors import UNREACHABLE
from cxr_tui.guide.checks.run import run_check
from cxr_tui.guide.definition import Field, Guide, Kind, Step
from cxr_tui.integration.form import EMPTY, FieldView, form, missing, overlay, problem, whole
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.integration.services import LiveWorld, progress_sink
from cxr_tui.journal.events import (
    LoginEnd,
    answer_entry,
    confirmation_entry,
    first_seen_entry,
    outcome_entry,
    refusal_entry,
    secret_entry,
    visit_entry,
    withdrawal_entry,
)
from cxr_tui.journal.gate import State, StepState, basis, states, unchanged
from cxr_tui.journal.rotation_lock import LOCK
from cxr_tui.journal.store import Entry, Journal, Record, RecordKind
from cxr_tui.journal.undo import Saved, last_saved
from cxr_tui.security.file_lock import lock_within
from cxr_tui.security.hardening import os_user
from cxr_tui.system.tasks import side_by_side

AT_ONCE = 12
"""How many checks run at once: enough that all take no longer than the longest of them; the account's limits count
calls per minute (facts A.6).
"""
MOST_POLLS = 3
"""How often one command checks a step whose facts change meanwhile."""
MOST_FIRST_SEEN = 100
"""How many undocumented words of the products one integration keeps."""
LOCK_SECONDS = 2.0
"""How long to wait for another process that stores a secret; one that rotates takes longer."""
_ROTATING = "A rotation of this secret is under way. Finish it or abort it first (`cxr-tui rotate`)."
_BUSY = "Another cxr-tui is changing secrets of this integration right now. Enter the secret again when it is done."
_ENTERED = ("typed", "screen")
"""Sources of a secret that a person enters now; standard input gives it to every run of a command."""


class StepLockedError(Exception):
    """A step cannot be worked on before an earlier one is done."""

    def __init__(self, step_id: str, blocked_by: str) -> None:
        super().__init__(f"The step {step_id} is locked: the step {blocked_by} comes first, and it is not done.")
        self.step_id = step_id
        self.blocked_by = blocked_by


class HardStopError(Exception):
    """A step cannot be confirmed against its findings, because going on would do harm."""

    def __init__(self, step_id: str) -> None:
        super().__init__(f"The step {step_id} cannot be confirmed against this finding: going on would do harm.")


class Integration:
    """The guided setup of one integration, shared by the wizard and the headless commands.

    The journal is the only state: everything on a screen comes from it, so a kill at any moment loses nothing that was
    saved.
    """

    def __init__(
        self,
        guide: Guide,
        journal: Journal,
        credentials: Credentials,
        operator: Operator | None,
        name: str,
        *,
        failed: FailedLogins | None = None,
        screens: Screens | None = None,
        pause: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        self.guide = guide
        self.name = name
        self.sandboxed = operator is not None
        self._journal = journal
        self._journal_state = IntegrationState()
        self._states: dict[str, StepState] = {}
        self._states_of = -1
        self.world = LiveWorld(
            self.journal_state,
            credentials,
            operator,
            self._login_ended,
            journal.path.with_suffix(".files"),
            failed,
            self._note_words,
            screens,
            pause,
        )

    @property
    def place(self) -> Path:
        """The journal's file."""
        return self._journal.path

    def journal_state(self) -> IntegrationState:
        """Return the folded journal, with everything that another process has written or erased since."""
        new = self._journal.records_after(self._journal_state.seq)
        if any(record.entry.kind is RecordKind.ERASURE for record in new):
            self._journal_state, new = IntegrationState(), self._journal.records_after()
        self._journal_state.apply(new)
        return self._journal_state

    def states(self) -> dict[str, StepState]:
        """Return the state of every step, in order; computed again only when the journal has grown."""
        journal = self.journal_state()
        if self._states_of != journal.seq:
            self._states, self._states_of = states(self.guide.steps, journal), journal.seq
        return dict(self._states)

    def current(self) -> str:
        """Return the id of the first step that is not done, the last one where all are."""
        standing = self.states()
        return next((step.id for step in self.guide.steps if not standing[step.id].done), self.guide.steps[-1].id)

    def require_open(self, step_id: str) -> None:
        """Raise StepLockedError while an earlier step is not done."""
        blocked_by = self.states()[step_id].blocked_by
        if blocked_by:
            raise StepLockedError(step_id, blocked_by)

    def form(self, step_id: str, entered: Mapping[str, Value] | None = None) -> tuple[FieldView, ...]:
        """Return the step's fields that apply, given what is entered but not saved."""
        return form(self.guide, self.guide.step(step_id), self.journal_state(), entered)

    def visits(self, step_id: str, entered: Mapping[str, Value] | None = None) -> tuple[Visit, ...]:
        """Return the instruction, with the entered and suggested values."""
        step = self.guide.step(step_id)
        values = overlay(step, self.journal_state(), entered)
        return step.visits(_readable(step, values))

    def problem(self, step_id: str, name: str, value: Value, entered: Mapping[str, Value]) -> str | None:
        """Return what is wrong with a value and what would be right, given the other entries; None: nothing."""
        step = self.guide.step(step_id)
        return problem(step, name, value, overlay(step, self.journal_state(), {**entered, name: value}))

    async def save_form(self, step_id: str, typed: Mapping[str, Value]) -> dict[str, str]:
        """Save what is typed at a step with everything that its form suggests; return the problems by field.

        The form is read while no other process writes, so that a value saved by another process is replaced only by
        one typed here. Raises StepLockedError.
        """
        async with self._undisturbed():
            return self._save(step_id, whole(self.form(step_id, typed)), "typed")

    async def save(
        self, step_id: str, values: Mapping[str, Value], source: str = "typed", *, visit: str = ""
    ) -> dict[str, str]:
        """Save answers in one transaction, all or none; return the problems by field.

        Values that the journal already has are not written again. `visit` is the digest of the operator's visit that
        brought the values; it is noted in the same transaction, so that a kill does not repeat the visit.
        Raises StepLockedError.
        """
        async with self._undisturbed():
            return self._save(step_id, values, source, visit)

    def _save(self, step_id: str, values: Mapping[str, Value], source: str, visit: str = "") -> dict[str, str]:
        self.require_open(step_id)
        problems, entries = self._answers(self.guide.step(step_id), values, source)
        if visit:
            entries.append(visit_entry(step_id, visit))
        if not problems and entries:
            self.note(entries)
        return problems

    def _answers(self, step: Step, values: Mapping[str, Value], source: str) -> tuple[dict[str, str], list[Entry]]:
        """Return the problems of answers by field, and the entries for those that are new."""
        journal = self.journal_state()
        after = overlay(step, journal, values)
        problems: dict[str, str] = {}
        entries: list[Entry] = []
        for name, value in values.items():
            one = step.field(name)
            if one.origin or one.kind is Kind.SECRET or not one.shown(Known(after)):
                continue
            # a fix may clear what has to be entered again
            wrong = None if source == "fix" and value == "" else problem(step, name, value, after)
            if wrong:
                problems[name] = wrong
            elif journal.values.get(step.key(name)) != value and not (
                value in EMPTY and step.key(name) not in journal.values
            ):
                proposed = one.proposal(Known(journal.values)) == value
                entries.append(answer_entry(step.id, name, value, "default" if proposed else source))
        return problems, entries

    def last_saved(self) -> Saved | None:
        """Return the answers that were saved last with their earlier values; None: there is nothing to undo."""
        return last_saved(self._journal.records_after()) if self.journal_state().answer_sources else None

    async def undo(self, wanted: Saved) -> bool:
        """Restore the values before these answers; False where newer answers were saved since.

        Steps that rest on them turn stale, or are done again where they were checked with the old values. Changes in
        the products and secrets are not undone. Raises StepLockedError.
        """
        async with self._undisturbed():
            self.require_open(wanted.step_id)
            if self.last_saved() != wanted:
                return False
            self.note(wanted.entries())
            return True

    async def keep_secret(self, step_id: str, name: str, secret: Secret, source: str = "typed") -> str | None:
        """Store a secret in the keyring and record that in the journal; return the problem with it, if any.

        A secret that is already there is not stored again, so that nothing that rests on it turns stale. The exception:
        logins with it failed, and the user name or the host was corrected since, so it may be the right one.
        Raises StepLockedError, StoreUnusableError.
        """
        self.require_open(step_id)
        step = self.guide.step(step_id)
        one = step.field(name)
        if not secret:
            return None if one.optional else one.needed
        if one.rule is not None:
            after = overlay(step, self.journal_state(), {name: secret.reveal()})
            wrong = one.rule(secret.reveal(), Known(after))
            if wrong:
                return wrong
        # A first secret too: another process may store one meanwhile.
        async with lock_within(self.place.with_name(LOCK), LOCK_SECONDS) as locked:
            if not locked:
                return _BUSY
            key, journal, credentials = step.key(name), self.journal_state(), self.world.credentials
            again = False
            if journal.known().has(key):
                announced = key in journal.pending_secrets
                kept = await credentials.has(one.item) and await credentials.get(one.item) == secret
                rotation = journal.rotations.get(one.item)
                rotating = rotation is not None and rotation.open
                again = kept and source in _ENTERED and not rotating and self.world.goes_elsewhere(one.item)
                if kept and not announced and not again:
                    return None
                if rotating:
                    # Either of its two may be active; overwriting one here could lose the only one that works.
                    return _ROTATING
                if not announced:
                    # From now on either of the two may be in the keyring, so what rests on it has to be checked again.
                    self._note_version(step, one, source, announced=True)
            # The keyring first: a journal that names a secret which is not there would be worse than the reverse.
            await credentials.put(one.item, secret)
            self._note_version(step, one, source, again=again)
            return None

    def _note_version(
        self, step: Step, one: Field, source: str, *, announced: bool = False, again: bool = False
    ) -> None:
        """Record a new version of a secret; two processes at once never record the same version."""
        with self._journal.exclusive():
            version = self.journal_state().known().number(step.key(one.name)) + 1
            entry = secret_entry(step.id, one.name, one.item, version, source, announced=announced, again=again)
            self.note([entry])

    async def note_secret(self, step_id: str, name: str) -> None:
        """Record that a secret is already in the keyring; the check finds out whether it works.

        Raises StepLockedError.
        """
        self.require_open(step_id)
        step = self.guide.step(step_id)
        self._note_version(step, step.field(name), "found")

    async def confirm(self, step_id: str, by: str = "", sentence: str = "") -> None:
        """Record a person's confirmation of the step; with a sentence also against the findings of its check.

        An empty `by` stands for the OS user. The same confirmation of the same values is not recorded twice.
        Raises StepLockedError, HardStopError.
        """
        by = by or os_user()
        async with self._undisturbed():
            self.require_open(step_id)
            outcome = self.states()[step_id].current
            if sentence and outcome is not None and outcome.hard_stop:
                raise HardStopError(step_id)
            against = outcome.against if sentence and outcome is not None else ()
            rests_on = basis(self.guide.step(step_id), self.journal_state())
            entry = confirmation_entry(step_id, by, rests_on, against, sentence)
            given = self.journal_state().confirmed.get(step_id)
            if given is None or given.by != by or against or not unchanged(given.basis, rests_on):
                self.note([entry])

    async def withdraw(self, step_id: str) -> None:
        """Withdraw a confirmation, so that the step is open again; without one, nothing changes."""
        async with self._undisturbed():
            if step_id in self.journal_state().confirmed:
                self.note([withdrawal_entry(step_id, os_user())])

    async def check(self, step_id: str, progress: Progress) -> Outcome:
        """Run the step's check, record the outcome, and check earlier steps again that have new evidence by now.

        The last step first checks every earlier step again; where that locks it, its outcome has no finding, for the
        earlier steps have them. Outside errors become findings. Canceling writes nothing. Raises StepLockedError.
        """
        self.require_open(step_id)
        step = self.guide.step(step_id)
        empty = missing(step, self.journal_state())
        if empty:
            labels = ", ".join(one.label for one in empty)
            finding = Finding("not-filled-in", Status.UNKNOWN, f"Still empty: {labels}.", "", "Enter it and save.")
            return Outcome(Verdict.UNKNOWN, (finding,))
        with one_command():
            await self.world.sync_clock()
            earlier: list[Entry] = []
            if step is self.guide.steps[-1]:
                looks = await self._run_checks(self.guide.steps[:-1], progress)
                earlier = [entry for _, entry in looks.values()]
                if any(outcome.verdict in (Verdict.FAILED, Verdict.WAITING) for outcome, _ in looks.values()):
                    await self._write_outcomes(earlier)
                    earlier = []
                    if self.states()[step.id].blocked_by:
                        return Outcome(Verdict.UNKNOWN, ())
            outcome, entry = await self._run_check(step, progress)
            # One transaction: after a kill, the last step is either done with all its evidence or done again.
            await self._write_outcomes([*earlier, entry])
            await self.recheck_confirmed(progress)
            return outcome

    async def recheck_confirmed(self, progress: Progress) -> None:
        """Check the steps again whose checks see more now that a later step is done."""
        standing = self.states()
        judged = self.journal_state().checks
        due = [
            step
            for step in self.guide.steps
            if (later := step.checked_after)
            and standing[step.id].done
            and standing[later].done
            and judged[step.id].at < judged[later].at
        ]
        if due:
            await self.recheck(due, progress)

    async def recheck(self, steps: Sequence[Step], progress: Progress) -> dict[str, Outcome]:
        """Run the checks of steps side by side and record their outcomes, in the guide's order.

        A further round checks the steps that this round unlocked, and those that rest on a fact which another check of
        the round has changed, such as the number of a job that was created again.
        """
        found: dict[str, Outcome] = {}
        made: Counter[str] = Counter()

        def due(step: Step, journal: IntegrationState) -> bool:
            if not made[step.id]:
                return not found or step.id in journal.checks
            newest = journal.inconclusive.get(step.id) or journal.checks[step.id]
            return made[step.id] < MOST_POLLS and not unchanged(newest.basis, basis(step, journal))

        with one_command():
            await self.world.sync_clock()
            while True:
                journal = self.journal_state()
                left = [step for step in steps if due(step, journal)]
                looks = await self._run_checks(left, progress)
                if not looks:
                    return found
                await self._write_outcomes([entry for _, entry in looks.values()])
                found |= {step_id: outcome for step_id, (outcome, _) in looks.items()}
                made.update(looks.keys())

    async def _run_checks(self, steps: Sequence[Step], progress: Progress) -> dict[str, tuple[Outcome, Entry]]:
        standing = self.states()
        journal = self.journal_state()
        # a step that still misses entries can be neither right nor wrong
        due = [
            step
            for step in steps
            if standing[step.id].done or not (standing[step.id].blocked_by or missing(step, journal))
        ]

        async def one(step: Step) -> tuple[Outcome, Entry]:
            progress(f"{step.title}…")
            return await self._run_check(step, lambda _: None)

        # The progress of single checks would only flicker, but a wait has to be visible.
        token = progress_sink.set(progress)
        try:
            looks = await side_by_side(one, due, AT_ONCE)
        finally:
            progress_sink.reset(token)
        return {step.id: look for step, look in zip(due, looks, strict=True)}

    async def apply_fix(self, fix: Fix) -> dict[str, str]:
        """Save a fix's answers in one transaction, all or none; return problems by key. Raises StepLockedError."""
        by_step: dict[str, dict[str, Value]] = {}
        for key, value in fix.answers.items():
            step_id, _, name = key.partition(".")
            by_step.setdefault(step_id, {})[name] = value
        problems: dict[str, str] = {}
        entries: list[Entry] = []
        async with self._undisturbed():
            for step_id, values in by_step.items():
                self.require_open(step_id)
                wrong, new = self._answers(self.guide.step(step_id), values, "fix")
                problems |= {f"{step_id}.{name}": text for name, text in wrong.items()}
                entries += new
            if entries and not problems:
                self.note(entries)
        return problems

    @asynccontextmanager
    async def _undisturbed(self) -> AsyncIterator[None]:
        """Keep other processes from writing, for writes that depend on the journal's content; JournalError."""
        await self._journal.until_free()
        with self._journal.exclusive():
            yield

    def records(self) -> list[Record]:
        """Return the whole journal, in order."""
        return self._journal.records_after()

    def note(self, entries: Sequence[Entry]) -> None:
        """Write entries, such as the runs that the job status has seen; JournalError."""
        self._journal.append(self.world.own_time(), entries)

    async def close(self) -> None:
        """Close connections, local tools and the journal."""
        await self.world.close()
        self._journal.close()

    async def _run_check(self, step: Step, progress: Progress) -> tuple[Outcome, Entry]:
        """Run one check; return its outcome and the entry for it, with the values it rested on."""
        journal = self.journal_state()
        rested_on = basis(step, journal)
        saved = overlay(step, journal, proposals=False)
        known = _readable(step, saved)
        token = progress_sink.set(progress_sink.get() or progress)
        try:
            outcome = await run_check(step, known, self.world, progress)
        finally:
            progress_sink.reset(token)
        outcome = keep_previous_result(self.states()[step.id], outcome)
        return outcome, outcome_entry(step.id, outcome, rested_on)

    def _login_ended(self, item: str, end: LoginEnd) -> None:
        self.note([refusal_entry("", item, end)])

    def _note_words(self, words: Sequence[FirstSeen]) -> None:
        """Keep undocumented words of the products, but no name or value of this integration.

        Their number is limited, so that no server can fill the journal.
        """
        journal = self.journal_state()
        new = [one for one in words if one not in journal.first_seen]
        room = MOST_FIRST_SEEN - len(journal.first_seen)
        if new and room > 0:
            own = {bare(text) for value in journal.values.values() for text in leaves(value)}
            self.note([first_seen_entry(one) for one in new if bare(one.word) not in own][:room])

    async def _write_outcomes(self, entries: list[Entry]) -> None:
        """Write the outcomes of checks, except those of values that were erased while the check ran."""
        async with self._undisturbed():
            journal = self.journal_state()
            self.note([entry for entry in entries if not journal.depends_on_erased(entry)])


def _readable(step: Step, values: Mapping[str, Value]) -> Known:
    """Return the values that a step may read, inherited ones under its own name too."""
    return Known(values).limited_to((*step.own_keys(), *(step.key(one.name) for one in step.fields)))


def keep_previous_result(before: StepState, outcome: Outcome) -> Outcome:
    """Return the outcome of a check, as `unknown` where it only failed to see what an earlier check has seen.

    The step stays done then, and its newest outcome says that nothing was seen: an evening without a network must not
    cost the evidence of weeks.
    """
    if not before.done or outcome.verdict in (Verdict.VERIFIED, Verdict.UNKNOWN):
        return outcome
    if before.state is State.CONFIRMED and outcome.verdict is Verdict.CONFIRMABLE:
        return outcome
    against = [one for one in outcome.findings if one.status is Status.FAIL and one.code not in UNREACHABLE]
    unseen = [one for one in outcome.findings if one.status is Status.UNKNOWN or one.code in UNREACHABLE]
    if against or not unseen:
        return outcome
    findings = tuple(
        # at a first check a person has to act on an unreachable host; later it is probably an outage
        replace(one, status=Status.UNKNOWN) if one.status is Status.FAIL else one
        for one in outcome.findings
    )
    return replace(outcome, verdict=Verdict.UNKNOWN, findings=findings, waiting=None)
