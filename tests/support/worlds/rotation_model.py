"""A small model of both products and of the keyring, for many quick rotations; it knows the active password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import (
    LoginRefusedError,
    NothingStoredError,
    Reach,
    ServiceFaultError,
    StoreUnusableError,
    UnreachableError,
)
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.guide.definition import Guide
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.events import answer_entry, secret_entry
from cxr_tui.journal.gate import StepState
from cxr_tui.journal.store import Entry, Record

if TYPE_CHECKING:
    from cxr_tui.integration.services import LiveWorld

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LOCK_AFTER = 5


class KilledError(BaseException):
    """Stands for SIGKILL: nothing that the program does after it happens."""


@dataclass
class Fate:
    """Counts the points at which a process can die, and lets it die at one of them."""

    dies_at: int = -1
    point: int = 0

    def passes(self) -> None:
        self.point += 1
        if self.point == self.dies_at:
            raise KilledError


@dataclass
class Products:
    """The user in Responsys, and what CX Audience holds of its password."""

    password: str
    audience: str
    temporary: bool = False
    refused_in_a_row: int = 0
    locked: bool = False
    ours_refused: int = 0
    """Refused logins of this program, ever."""
    faults: list[str] = field(default_factory=list)
    """What the next logins meet: refused, locked, timeout, lost-answer, 5xx."""

    def login(self, password: str, *, ours: bool = True) -> None:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "timeout":
            raise UnreachableError(Reach.TIMEOUT, "model")
        if fault == "5xx":
            raise ServiceFaultError(503, "model")
        try:
            self._judge(password, fault, ours=ours)
        finally:
            if fault == "lost-answer":
                raise UnreachableError(Reach.CUT, "model")

    def _judge(self, password: str, fault: str, *, ours: bool) -> None:
        if self.locked or fault == "locked":
            self.ours_refused += ours
            raise LoginRefusedError(401, "PASSWORD_LOCKOUT")
        if password != self.password or fault == "refused":
            self.refused_in_a_row += 1
            self.ours_refused += ours
            self.locked = self.refused_in_a_row >= LOCK_AFTER
            raise LoginRefusedError(400, "INVALID_USER_NAME_PASSWORD")
        self.refused_in_a_row = 0
        if self.temporary:
            raise LoginRefusedError(401, "PASSWORD_EXPIRED")

    def set_by_mail(self, password: str) -> None:
        """Let an Account Administrator reset the password, and the user set this one."""
        self.password, self.temporary = password, False
        self.refused_in_a_row, self.locked = 0, False


@dataclass
class ModelCredentials:
    """A keyring that can be locked, and in whose calls the process can die."""

    fate: Fate
    items: dict[str, str] = field(default_factory=dict)
    locked_after: int = -1
    """After this many further calls it stays locked; below nothing: never."""
    store: str = "model memory"

    async def put(self, item: str, secret: Secret) -> None:
        self._open()
        self.fate.passes()
        self.items[item] = secret.reveal()
        self.fate.passes()

    async def get(self, item: str) -> Secret:
        self._open()
        if item not in self.items:
            raise NothingStoredError(item)
        return Secret(self.items[item])

    async def has(self, item: str) -> bool:
        self._open()
        return item in self.items

    async def drop(self, item: str) -> None:
        self._open()
        self.fate.passes()
        self.items.pop(item, None)
        self.fate.passes()

    def _open(self) -> None:
        if self.locked_after == 0:
            raise StoreUnusableError("the keyring is locked")
        self.locked_after -= 1


@dataclass
class ModelFiles:
    """The archive on the file server."""

    fetched: datetime | None = None

    async def stat(self, path: str) -> RemoteFile | None:
        return None if self.fetched is None else RemoteFile(path, path, 1, self.fetched)


class Model(Integration):
    """An open integration over the model, and its world in one."""

    def __init__(self, folder: Path) -> None:
        self.name = "model"
        self.guide = Guide(())
        self._place = folder / "journal.db"
        self.fate = Fate()
        self.credentials = ModelCredentials(self.fate, {RESPONSYS_PASSWORD: "first-Password-1x"})
        self.products = Products("first-Password-1x", "first-Password-1x")
        self.files = ModelFiles()
        self.operator = self.screens = None
        self.moment = NOW
        self._records: list[Record] = []
        self._journal_state = IntegrationState()
        self.note(
            [
                answer_entry("add-user", "login_name", "integration", "typed"),
                answer_entry("exported-file", "name", "export.gpg", "screen"),
                answer_entry("first-password", "time_zone", "UTC", "screen"),
                *(answer_entry("import-schedule", name, value, "typed") for name, value in DAILY.items()),
                secret_entry("first-password", "new_password", RESPONSYS_PASSWORD, 1, "typed"),
            ]
        )

    @property
    def place(self) -> Path:
        return self._place

    @property
    def world(self) -> LiveWorld:
        return cast("LiveWorld", self)

    @world.setter
    def world(self, _: LiveWorld) -> None:
        raise AttributeError

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def own_time(self) -> datetime:
        return self.now()

    async def sync_clock(self) -> None:
        """Do nothing: there is no host to probe."""

    def journal_state(self) -> IntegrationState:
        self._journal_state.apply(self._records[self._journal_state.seq :])
        return self._journal_state

    def note(self, entries: Sequence[Entry]) -> None:
        self.fate.passes()
        at = self.now()
        start = len(self._records)
        self._records += [Record(start + number, at, entry) for number, entry in enumerate(entries, 1)]
        self.fate.passes()

    def states(self) -> dict[str, StepState]:
        return {}

    async def try_login(self, item: str) -> None:
        secret = await self.credentials.get(item)
        self.fate.passes()
        try:
            self.products.login(secret.reveal())
        finally:
            self.fate.passes()

    async def check(self, step_id: str, progress: Progress) -> Outcome:
        raise AssertionError("the model has no steps")

    def connect(self) -> None:
        return None

    def file_server(self) -> ModelFiles:
        return self.files


DAILY: dict[str, Value] = {
    "schedule": "daily",
    "date": "2026-01-01",
    "time": "02:00",
    "every_days": 1,
    "end_date": "",
    "expiration": "never",
}
