"""What holds an integration's records and secrets in a dry run: memory, gone with it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cache
from pathlib import Path

from cxr_tui.domain.errors import NothingStoredError
from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.dry_run.touches import Dials, Kind, Mood, Recorder, Touch
from cxr_tui.gateways.keyring.credentials import PREFIX
from cxr_tui.guide.definition import Guide
from cxr_tui.integration.rotation_state import IntegrationState, Stage
from cxr_tui.journal.store import Entry, Record


class PaperJournal:
    """Implements `cxr_tui.journal.store.Records` in memory; notes that the real one would grow."""

    def __init__(self, path: Path, records: Sequence[Record], recorder: Recorder, *, exists: bool) -> None:
        self._path = path
        self._records = list(records)
        self._recorder = recorder
        if not exists:
            self._note("make", "Begin the journal of this integration, in folders of its own")

    @property
    def path(self) -> Path:
        """The file that is left alone."""
        return self._path

    def append(self, at: datetime, entries: Sequence[Entry]) -> None:
        """Keep entries in memory."""
        self._note("append", "Write down answers, findings and words given")
        for entry in entries:
            self._records.append(Record(self._records[-1].seq + 1 if self._records else 1, at, entry))

    def records_after(self, seq: int = 0) -> list[Record]:
        """Return the records after a position."""
        return self._records[bisect_right(self._records, seq, key=lambda record: record.seq) :]

    async def until_free(self) -> None:
        """Wait for nothing: no other process has it."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Nobody else knows this journal."""
        return nullcontext()

    def close(self) -> None:
        """Nothing is open."""

    def _note(self, act: str, purpose: str) -> None:
        beside = "with SQLite's own -wal and -shm beside it"
        self._recorder.note(Touch(Kind.FILE, act, visible(str(self._path), 300), "journal", purpose, beside))


class DryCredentials:
    """Implements `cxr_tui.domain.ports.Credentials`; which items lie there is told by the journal, not by the keyring.

    What it hands out are passwords made on the spot; none of the real ones is read.
    """

    def __init__(
        self,
        integration: str,
        store: str,
        there: Mapping[str, Secret],
        dials: Dials,
        recorder: Recorder,
        assumed: Collection[str] = (),
    ) -> None:
        """`assumed` are items of which nobody knows whether they lie there, taken to do so."""
        self.there = dict(there)
        self.assumed = frozenset(assumed)
        self._integration = integration
        self._store = store
        self._dials = dials
        self._recorder = recorder

    @property
    def store(self) -> str:
        """Name of the real store."""
        return self._store

    async def put(self, item: str, secret: Secret) -> None:
        """Note that a secret would be written."""
        self._note("write", item, "Put it there, and read it back to compare")
        self.there[item] = secret

    async def get(self, item: str) -> Secret:
        """Note that a secret would be read, and return another one."""
        self._note("read", item, "Take it out where it is needed")
        if item not in self.there:
            raise NothingStoredError(item)
        return self.there[item]

    async def has(self, item: str) -> bool:
        """Note that the keyring would be asked."""
        self._note("read", item, "Take it out where it is needed")
        if item not in self.there and self._dials.turned(Mood.FOUND_THERE):
            self.there[item] = made_up(item)
        return item in self.there

    async def drop(self, item: str) -> None:
        """Note that a secret would be removed."""
        if self.there.pop(item, None) is None:
            self._note("read", item, "See that nothing is left there")
        else:
            self._note("remove", item, "Remove what is of no use any more")

    def _note(self, act: str, item: str, purpose: str) -> None:
        where = visible(f"{PREFIX}/{self._integration}/{item}", 200)
        note = "taken to lie there; whether it does is not known before" if item in self.assumed else ""
        self._recorder.note(Touch(Kind.KEYRING, act, where, item, purpose, note))


@cache
def made_up(item: str) -> Secret:
    """Return the password that stands for a real one throughout this process."""
    return make_password()


def held_items(guide: Guide, journal: IntegrationState) -> dict[str, Secret]:
    """Return a made-up secret for every item that lies in the keyring as far as the journal knows."""
    known = journal.known()
    items = {
        one.item for step in guide.steps for one in step.fields if one.item and known.number(step.key(one.name)) > 0
    }
    for rotation in journal.rotations.values():
        if rotation.open:
            items.add(rotation.previous if rotation.stage is Stage.PROMOTED else rotation.next)
        if rotation.new_retained:
            items.add(rotation.next)
        items.update(rotation.superseded)
    return {item: made_up(item) for item in sorted(items)}
