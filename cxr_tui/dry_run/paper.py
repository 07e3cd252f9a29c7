"""An integration on paper: the real setup with the real checks, over a world that only notes what would be touched."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.dry_run.held import DryCredentials, PaperJournal, held_items, made_up
from cxr_tui.dry_run.operator import DryOperator
from cxr_tui.dry_run.outlets import DryClock, DryOutlets
from cxr_tui.dry_run.touches import Dials, Kind, Mood, Recorder, Touch, at_step
from cxr_tui.guide.definition import Guide, Step
from cxr_tui.integration.integration import OPERATOR_LOCK, Integration
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.lock import LOCK
from cxr_tui.journal.store import Entry, Record


class PaperIntegration(Integration):
    """A setup that begins with the records of a real one and ends without a trace.

    Its checks are the real ones and its gateways are the real ones; only what lies behind the gateways is not there.
    What an answer would say is taken from the journal where it knows, and is something plausible elsewhere.
    """

    def __init__(
        self,
        guide: Guide,
        name: str,
        path: Path,
        records: Sequence[Record],
        *,
        store: str,
        sandboxed: bool,
        now: datetime | None = None,
        exists: bool = True,
        mood: Mood = Mood.AS_EXPECTED,
        there: Mapping[str, Secret] | None = None,
        assumed: Collection[str] = (),
        screens: bool = False,
    ) -> None:
        """`there` is what lies in the keyring besides what the journal tells, `assumed` what is only taken to.

        `now` is the servers' time (aware), as far as it is known.
        """
        self.recorder = Recorder()
        self.dials = Dials(mood)
        self.operated: Step | None = None
        """The step whose visits are being made."""
        before = IntegrationState()
        before.apply(records)
        begun, started = max([newest(records), *([now] if now else [])]), monotonic()
        self.clock = DryClock(lambda: begun + timedelta(seconds=monotonic() - started))
        items = {**held_items(guide, before), **{item: made_up(item) for item in assumed}, **(there or {})}
        self.dry_credentials = DryCredentials(name, store, items, self.dials, self.recorder, assumed)
        operator = DryOperator(self, self.clock.reach) if sandboxed else None
        outlets = DryOutlets(lambda: self.journal_state().known(), self.dials, self.recorder, self.clock)
        journal = PaperJournal(path, records, self.recorder, exists=exists)
        seen = operator if screens else None
        super().__init__(guide, journal, self.dry_credentials, operator, name, outlets, screens=seen)

    def fork(self, mood: Mood = Mood.AS_EXPECTED, *, later: datetime | None = None) -> PaperIntegration:
        """Return another one that goes on from here, with one answer not as expected, or at a later time."""
        return PaperIntegration(
            self.guide,
            self.name,
            self.place,
            self.records(),
            store=self.dry_credentials.store,
            sandboxed=self.sandboxed,
            now=later or self.server_time(),
            mood=mood,
            there=self.dry_credentials.there,
            assumed=self.dry_credentials.assumed,
            screens=self.world.screens is not None,
        )

    def rotation_lock(self) -> AbstractContextManager[None]:
        """Note that the turn would be taken."""
        return self._turn()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        lock = visible(str(self.place.with_name(LOCK)), 300)
        self.recorder.note(Touch(Kind.FILE, "lock", lock, LOCK, "Let no other process exchange a secret meanwhile"))
        yield

    @asynccontextmanager
    async def operator_free(self) -> AsyncIterator[None]:
        """Note that the turn at the screens would be waited for."""
        lock = visible(str(self.place.with_name(OPERATOR_LOCK)), 300)
        self.recorder.note(Touch(Kind.FILE, "lock", lock, OPERATOR_LOCK, "Let no other process fill in screens"))
        yield

    async def operate(self, step_id: str, progress: Progress, *, only_wait: bool = False, anew: bool = False) -> None:
        """Let the operator that is not there make the visits."""
        self.operated = self.guide.step(step_id)
        await super().operate(step_id, progress, only_wait=only_wait, anew=anew)

    async def _look(self, step: Step, progress: Progress) -> tuple[Outcome, Entry]:
        token = at_step.set(step.id)
        try:
            return await super()._look(step, progress)
        finally:
            at_step.reset(token)


def newest(records: Sequence[Record]) -> datetime:
    """Return the latest time that is known (aware): a sandbox's clock runs ahead of this machine's."""
    return max([datetime.now(UTC), *(record.at for record in records[-1:])])
