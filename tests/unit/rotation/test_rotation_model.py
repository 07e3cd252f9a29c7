"""Rotation against a model of both products, in any order of acts, lies, faults and kills: nothing is ever lost."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.integration.rotation_state import NEXT, PREVIOUS, Rotation, Stage
from cxr_tui.journal.store import Entry
from cxr_tui.rotation.managed_secrets import managed_secret
from cxr_tui.rotation.service import RotationService
from cxr_tui.rotation.status import RotationStatus
from support.sampling import amount
from support.worlds.rotation_model import KilledError, Model

SEQUENCES = amount(daily=60, whole=520)
STEPS = 20
FAULTS = ("", "refused", "locked", "timeout", "lost-answer", "5xx")

dies = st.one_of(st.just(-1), st.just(-1), st.integers(1, 14))
locks = st.one_of(st.just(-1), st.just(-1), st.just(-1), st.integers(0, 8))
faults = st.lists(st.sampled_from(FAULTS), max_size=2)


class RotationMachine(RuleBasedStateMachine):
    """Acts of the program, of honest and of lying people, and of the world."""

    @initialize()
    def begin_anew(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.model = Model(Path(self._folder.name))
        self.ever_kept = {self.model.products.password}
        self.old = ""
        self.baseline = 0
        self.number = 0
        self.row = 0
        self._watch_numbers()

    def _watch_numbers(self) -> None:
        note = self.model.note

        def watched(entries: Sequence[Entry]) -> None:
            try:
                note(entries)
            finally:
                number = self.rotation.number if self.rotation else 0
                if number > self.number:
                    self.number, self.baseline = number, self.model.products.ours_refused

        self.model.note = watched  # type: ignore[method-assign]  # watched while it works

    @property
    def rotation(self) -> Rotation | None:
        return self.model.journal_state().rotations.get(RESPONSYS_PASSWORD)

    def run(
        self, act: Callable[[RotationService], Coroutine[Any, Any, RotationStatus]], dies_at: int = -1, locked: int = -1
    ) -> RotationStatus | None:
        model = self.model
        model.fate.point, model.fate.dies_at = 0, dies_at
        model.credentials.locked_after = locked
        refused, told = model.products.ours_refused, None
        with suppress(KilledError):
            told = asyncio.run(act(RotationService(model, managed_secret(RESPONSYS_PASSWORD))))
        model.fate.dies_at, model.credentials.locked_after = -1, -1
        self.ever_kept |= set(model.credentials.items.values())
        rotation = self.rotation
        if rotation is None or rotation.stage in (Stage.PREPARED, Stage.ABORTED, Stage.ROLLED_BACK):
            self.old = model.credentials.items[RESPONSYS_PASSWORD]
        self.row = self.row + model.products.ours_refused - refused if model.products.refused_in_a_row else 0
        return told

    # What the program does

    @rule(dies_at=dies, locked=locks, own=st.sampled_from((None, "Typed-by-hand-9x", "Another-one-8y")))
    def begin(self, dies_at: int, locked: int, own: str | None) -> None:
        self.run(lambda one: one.begin(Secret(own) if own else None), dies_at, locked)

    @rule(dies_at=dies, locked=locks, met=faults)
    def resume(self, dies_at: int, locked: int, met: list[str]) -> None:
        self.model.products.faults = met
        self.run(lambda one: one.resume(), dies_at, locked)

    @rule(dies_at=dies, met=faults)
    def abort(self, dies_at: int, met: list[str]) -> None:
        self.model.products.faults = met
        self.run(lambda one: one.abort(), dies_at)

    @rule(dies_at=dies, met=faults)
    def anew(self, dies_at: int, met: list[str]) -> None:
        self.model.products.faults = met
        self.run(lambda one: one.retry_after_reset(), dies_at)

    @rule(dies_at=dies)
    def all_goes_as_it_should(self, dies_at: int) -> None:
        self.model.products.faults = []
        self._honest_step(dies_at)

    @rule(dies_at=dies)
    def most_goes_as_it_should(self, dies_at: int) -> None:
        self.all_goes_as_it_should(dies_at)

    # What people do, honest or not

    @precondition(lambda self: self.rotation is not None and self.rotation.open)
    @rule(which=st.sampled_from(("", NEXT, PREVIOUS)))
    def somebody_sets(self, which: str) -> None:
        password = self.model.credentials.items.get(RESPONSYS_PASSWORD + which)
        if password:
            self.model.products.set_by_mail(password)
            self.row = 0

    @precondition(lambda self: self.rotation is not None and self.rotation.open and self.old)
    @rule()
    def somebody_sets_the_old_one_from_memory(self) -> None:
        self.model.products.set_by_mail(self.old)
        self.row = 0

    @rule()
    def somebody_resets_only(self) -> None:
        self.model.products.set_by_mail("temporary-in-the-mail")
        self.model.products.temporary = True
        self.row = 0

    @rule()
    def somebody_else_changes_it(self) -> None:
        self.model.products.set_by_mail("of-somebody-else")
        self.row = 0

    @rule(which=st.sampled_from(("", NEXT)))
    def somebody_tells_audience(self, which: str) -> None:
        self.model.products.audience = self.model.credentials.items.get(RESPONSYS_PASSWORD + which, "")

    # What the world does

    @rule()
    def audience_logs_in(self) -> None:
        with suppress(OutsideError):
            self.model.products.faults = []
            self.model.products.login(self.model.products.audience, ours=False)

    @rule()
    def a_job_runs(self) -> None:
        self.model.files.fetched = self.model.now()

    @rule()
    def an_hour_passes(self) -> None:
        self.model.moment += timedelta(minutes=61)
        if self.model.products.locked:
            self.model.products.locked, self.model.products.refused_in_a_row = False, 0
        self.row = 0

    # What must always hold

    @invariant()
    def what_may_be_active_is_kept(self) -> None:
        active = self.model.products.password
        assert active not in self.ever_kept or active in self.model.credentials.items.values()

    @invariant()
    def two_refused_logins_at_most(self) -> None:
        assert self.model.products.ours_refused - self.baseline <= 2

    @invariant()
    def never_the_fifth_in_a_row(self) -> None:
        assert self.row <= 4

    @invariant()
    def what_the_checks_use_is_there(self) -> None:
        rotation = self.rotation
        assert (
            rotation.active_item if rotation and rotation.open else RESPONSYS_PASSWORD
        ) in self.model.credentials.items

    def teardown(self) -> None:
        """Whatever happened: from here an honest person arrives at the end, and only one password is left."""
        if hasattr(self, "model"):
            with self._folder:
                self._arrive()

    def _arrive(self) -> None:
        self.model.products.faults = []
        for _ in range(14):
            self._honest_step()
            rotation = self.rotation
            if rotation is not None and rotation.stage is Stage.DONE:
                break
            assert self.model.products.ours_refused - self.baseline <= 2
        rotation = self.rotation
        assert rotation is not None
        assert rotation.stage is Stage.DONE, (rotation.stage, rotation.tries)
        # what a kill left is removed with the next look
        self.run(lambda one: one.resume())
        assert self.model.credentials.items == {RESPONSYS_PASSWORD: self.model.products.password}

    def _honest_step(self, dies_at: int = -1) -> None:
        """Do what the rotation asks for, then let it go on."""
        model, rotation = self.model, self.rotation
        items = model.credentials.items
        if rotation is None or rotation.stage.closed:
            self.run(lambda one: one.begin(), dies_at)
            return
        if rotation.stage in (Stage.PREPARED, Stage.ROLLING_BACK):
            item = rotation.next if rotation.stage is Stage.PREPARED else rotation.item
            model.products.set_by_mail(items[item])
            model.moment += timedelta(minutes=61)
            self.row = 0
            self.run(lambda one: one.retry_after_reset() if rotation.refused else one.resume(), dies_at)
            return
        if rotation.stage is Stage.PROMOTED:
            model.files.fetched = model.now() + timedelta(seconds=1)
            model.moment += timedelta(minutes=61)
            told = self.run(lambda one: one.resume(), dies_at)
            if told is not None and told.state != "done":
                self.run(lambda one: one.begin(), dies_at)
            return
        model.products.audience = items[rotation.active_item]
        self.run(lambda one: one.resume(), dies_at)


TestRotationMachine = RotationMachine.TestCase
TestRotationMachine.settings = settings(
    max_examples=SEQUENCES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_what_a_beginning_that_was_cut_short_has_put_aside_goes_with_the_old_one() -> None:
    machine = RotationMachine()
    machine.begin_anew()
    machine.all_goes_as_it_should(dies_at=-1)
    machine.all_goes_as_it_should(dies_at=-1)
    machine.resume(dies_at=-1, locked=-1, met=[])
    machine.begin(dies_at=-1, locked=6, own=None)
    assert f"{RESPONSYS_PASSWORD}.aside.2" in machine.model.credentials.items
    machine.teardown()
