"""The outside world of one integration: gateways made from its answers, each made once and shared."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import KeyFileError, OutsideError, UnreachableError
from cxr_tui.domain.first_seen import FirstSeen
from cxr_tui.domain.instruction import Shown, Site, Visit
from cxr_tui.domain.ports import Credentials, FileServer, Members, OpenPgp, Operator, Progress, Responsys, Screens
from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.checks.common import (
    AUDIENCE_API_PASSWORD,
    CONNECT_API_PASSWORD,
    FILE_SERVER_PASSPHRASE,
    RESPONSYS_PASSWORD,
)
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.guide.forms.validators import SSH_PORT, server_address
from cxr_tui.integration.login_budget import JournalLoginLimit
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.events import LoginEnd
from cxr_tui.security.private_files import expanded, open_named, private_folder, write_private
from cxr_tui.system.threads import run_in_thread

if TYPE_CHECKING:
    from cxr_tui.gateways.rest.session import ApiSession

CLOCK_PATIENCE = 3.0
"""Seconds to wait for the servers' time; the check that follows reports what is wrong with the host."""
DISK_SECONDS = 60.0
"""Seconds to wait for a small file; a network disk may never answer."""
SHORT_WAIT = 5.0
"""Seconds; a longer wait is reported, with the time that is left."""
REPORT_SECONDS = 5.0
"""Seconds between two reports of a wait."""

progress_sink: ContextVar[Progress | None] = ContextVar("progress_sink", default=None)
"""Where the check in this task reports its progress; the gateways are shared, so they look it up here."""

Made = TypeVar("Made")
Session = TypeVar("Session", bound="ApiSession")

_ACCOUNTS = {
    RESPONSYS_PASSWORD: ("add-user.login_name", "first-password.new_password"),
    CONNECT_API_PASSWORD: ("account.connect_api_user", "account.connect_api_password"),
    AUDIENCE_API_PASSWORD: ("account.audience_api_user", "account.audience_api_password"),
}
"""Keys of the user name and of the password's version, by keyring item."""


class Trial(Protocol):
    """One login with one particular secret, in a gateway that no check shares."""

    async def login(self) -> None:
        """Log in; LoginRefusedError, KeyFileError for a wrong passphrase, and the errors of the connection."""

    async def close(self) -> None:
        """Close the connection."""


class _TimedOperator:
    """The sandbox's operator, whose calendar sets the clock.

    Without it, time that has passed would be known only once the login host answers a probe, which a busy machine or a
    broken host delays past the probe's time limit: the step would wait for a run that is over.
    """

    def __init__(self, operator: Operator, clock: ServerClock) -> None:
        self._operator = operator
        self._clock = clock
        self.look = operator.look

    async def perform(self, visit: Visit, seen: Mapping[str, Value | Secret], credentials: Credentials) -> Shown:
        """Carry out one visit and set the clock by what the calendar shows; VisitRefusedError."""
        shown = await self._operator.perform(visit, seen, credentials)
        now = shown.values.get("Now")
        if visit.site is Site.CALENDAR and isinstance(now, str):
            self._clock.learn(format_datetime(datetime.fromisoformat(now), usegmt=True))
        return shown


class LiveWorld:
    """Gateways over real sockets; their libraries are loaded at first use.

    A gateway is replaced when an answer that it was made from has changed, and when its secret was set again.
    """

    def __init__(
        self,
        journal: Callable[[], IntegrationState],
        credentials: Credentials,
        operator: Operator | None,
        note_login: Callable[[str, LoginEnd], None],
        folder: Path,
        failed: FailedLogins | None = None,
        note_words: Callable[[Sequence[FirstSeen]], None] | None = None,
        screens: Screens | None = None,
        pause: Callable[[float], Awaitable[object]] | None = None,
    ) -> None:
        """`folder` is for files that checks have repaired, and made when needed; `pause` lets seconds pass."""
        self._folder = folder
        self._journal_state = journal
        self._credentials = credentials
        self._clock = ServerClock(sandboxed=operator is not None)
        self._operator = _TimedOperator(operator, self._clock) if operator is not None else None
        self._screens = screens
        self._note_login = note_login
        self._note_words = note_words
        self._pause = pause or asyncio.sleep
        self._failed = failed or FailedLogins()
        self._made: dict[str, tuple[Hashable, object]] = {}
        self._outdated: list[object] = []
        self._gpg: OpenPgp | None = None

    @property
    def credentials(self) -> Credentials:
        """The integration's secrets."""
        return self._credentials

    @property
    def operator(self) -> Operator | None:
        """The sandbox's operator; None with the real products."""
        return self._operator

    @property
    def screens(self) -> Screens | None:
        """The screens that the operator sees; None under real conditions, where only a person can look."""
        return self._screens

    @property
    def openpgp(self) -> OpenPgp:
        """Local OpenPGP tools, in a home directory made at first use."""
        if self._gpg is None:
            from cxr_tui.gateways.openpgp.inspect import GpgOpenPgp

            self._gpg = GpgOpenPgp()
        return self._gpg

    def now(self) -> datetime:
        """Return the servers' time (aware, UTC), this machine's until one has answered; for schedules only."""
        return self._clock.now()

    def own_time(self) -> datetime:
        """Return this machine's time (aware, UTC): for login limits and the journal."""
        return self._clock.own()

    def clock_difference(self) -> timedelta | None:
        """Return how far the servers' clock is ahead of this machine's, None while that makes no difference."""
        return self._clock.difference

    async def sync_clock(self) -> None:
        """Ask the login host for its time; schedules follow its clock."""
        url = login_url(self._journal_state().known())
        if url:
            with suppress(OutsideError, TimeoutError):
                async with asyncio.timeout(CLOCK_PATIENCE):
                    await self.probe_host(url)

    async def probe_host(self, url: str) -> HostAnswer:
        """Ask a host for any answer, without credentials; without one, this command sends no login there."""
        from cxr_tui.gateways.rest.http_client import PROBE_LIMITS, HttpClient, probe_host

        http = HttpClient(self._clock, PROBE_LIMITS)
        try:
            answer = await probe_host(http, url)
        except UnreachableError as error:
            self._failed.note_probe(url, error)
            raise
        finally:
            await http.close()
        self._failed.note_probe(url, None)
        return answer

    def responsys(self) -> Responsys:
        """Responsys as the integration user."""
        return self._responsys(RESPONSYS_PASSWORD)

    def connect(self) -> Responsys | None:
        """Responsys as the API user that may use Connect; None where none was given."""
        return self._responsys(CONNECT_API_PASSWORD) if self._user(CONNECT_API_PASSWORD) else None

    def audience(self) -> Members | None:
        """CX Audience as its API user; None where none was given."""
        url = self._audience_url()
        if not url or not self._user(AUDIENCE_API_PASSWORD):
            return None
        from cxr_tui.gateways.rest.audience import AudienceGateway

        return self._session(AudienceGateway, url, AUDIENCE_API_PASSWORD)

    def file_server(self) -> FileServer | None:
        """Return the file server with the customer's own key; None where no key was given."""
        known = self._journal_state().known()
        step = "destination-connectivity"
        server, user, key = (known.text(f"{step}.{name}") for name in ("server", "user_name", "key_file"))
        if not (server and user and key):
            return None
        # An entry that is no address is refused; one from an older journal resolves to nothing.
        host, port = server_address(server) or (server, SSH_PORT)
        pinned, version = known.text(f"{step}.host_key"), known.number(f"{step}.key_passphrase")

        def make() -> FileServer:
            from cxr_tui.gateways.sftp.client import SftpFileServer

            item = self._journal_state().active_item(FILE_SERVER_PASSPHRASE)
            passphrase = self._secret(item) if version > 0 else None
            return SftpFileServer(host, port, user, self.file_path(key), passphrase, pinned)

        return self._shared(FILE_SERVER_PASSPHRASE, (server, user, key, pinned, version), make)

    async def read_file(self, path: str, limit: int) -> bytes:
        """Return at most `limit` bytes of a local file that an answer names; OSError."""

        def read() -> bytes:
            with open_named(self.file_path(path)) as file:
                return file.read(limit)

        return await _on_disk(read)

    async def keep_file(self, name: str, content: bytes) -> Path:
        """Write a file that a check has repaired, atomically, and return its path; OSError."""
        target = self._folder / Path(name).name

        def keep() -> Path:
            write_private(private_folder(target.parent) / target.name, content)
            return target

        return await _on_disk(keep)

    def file_path(self, path: str) -> Path:
        """Return a local path with `~` resolved."""
        return expanded(path)

    def reset_gateways(self) -> None:
        """Replace every gateway at its next use: something was fixed outside, so what they remember is outdated.

        The journal's count of refused logins stays, and with it the limit.
        """
        self._outdated.extend(gateway for _, gateway in self._made.values())
        self._made.clear()
        self._failed.clear()

    async def wait(self, seconds: float) -> None:
        """Let time pass and report a long wait every few seconds; in a sandbox the operator moves its time."""
        if seconds > SHORT_WAIT and self._operator is not None:
            _report_wait(seconds)
            until = (self._clock.now() + timedelta(seconds=seconds)).isoformat()
            visit = Visit(Site.CALENDAR, ("Wait until",), {"Time": until})
            await self._operator.perform(visit, {}, self._credentials)
            return
        while seconds > SHORT_WAIT:
            _report_wait(seconds)
            await self._pause(REPORT_SECONDS)
            seconds -= REPORT_SECONDS
        await self._pause(seconds)

    async def close(self) -> None:
        """Close every connection and end the local tools."""
        for gateway in [*self._outdated, *(made for _, made in self._made.values()), self._gpg]:
            close = getattr(gateway, "close", None)
            if close is not None:
                await close()
        self._made.clear()
        self._outdated.clear()
        self._gpg = None

    def trial(self, item: str) -> Trial:
        """Return one login with the secret under `item`; the caller counts its refusals and closes it."""
        known, secret, base = self._journal_state().known(), self._secret(item), item.partition(".")[0]
        if base == FILE_SERVER_PASSPHRASE:
            return _KeyFileTrial(self.file_path(known.text("destination-connectivity.key_file")), secret)
        if base == AUDIENCE_API_PASSWORD:
            from cxr_tui.gateways.rest.audience import AudienceGateway

            url, user = self._audience_url(), self._user(base)
            return AudienceGateway(url, user, secret, self._clock, failed=self._failed, sleep=self.wait)
        from cxr_tui.gateways.rest.responsys import ResponsysGateway

        url, user = login_url(known), self._user(base)
        return ResponsysGateway(url, user, secret, self._clock, failed=self._failed, sleep=self.wait)

    def _audience_url(self) -> str:
        return audience_url(self._journal_state().known().text("account.audience_token"))

    def _user(self, item: str) -> str:
        return self._journal_state().known().text(_ACCOUNTS[item][0])

    def _responsys(self, item: str) -> Responsys:
        from cxr_tui.gateways.rest.responsys import ResponsysGateway

        return self._session(ResponsysGateway, login_url(self._journal_state().known()), item)

    def _session(self, kind: type[Session], url: str, item: str) -> Session:
        """Return the session of the user whose password is under a keyring item."""
        user, version = self._user(item), self._journal_state().known().number(_ACCOUNTS[item][1])

        def make() -> Session:
            limit = JournalLoginLimit(item, self._journal_state, self.own_time, self._note_login)
            return kind(
                url,
                user,
                self._secret(limit.item),
                self._clock,
                limit,
                failed=self._failed,
                sleep=self.wait,
                note_words=self._note_words,
            )

        return self._shared(item, (url, user, version), make)

    def _shared(self, item: str, values: tuple[Hashable, ...], make: Callable[[], Made]) -> Made:
        """Return the gateway made from these values, and a new one for every stage of its secret's rotation.

        Not for every refusal: the gateway itself remembers those, and a new one would try again.
        """
        rotation = self._journal_state().rotations.get(item)
        made_from = (*values, *((rotation.number, rotation.stage) if rotation is not None and rotation.open else ()))
        before, gateway = self._made.get(item, (None, None))
        if gateway is None or before != made_from:
            if gateway is not None:
                self._outdated.append(gateway)
            gateway = make()
            self._made[item] = (made_from, gateway)
        return gateway  # type: ignore[return-value]  # one item always stands for one type

    def _secret(self, item: str) -> Callable[[], Awaitable[Secret]]:
        async def get() -> Secret:
            return await self._credentials.get(item)

        return get


class _KeyFileTrial:
    """Opens the private key file; that locks no user, for no server is asked."""

    def __init__(self, path: Path, passphrase: Callable[[], Awaitable[Secret]]) -> None:
        self._path = path
        self._passphrase = passphrase

    async def login(self) -> None:
        """Open the file with the passphrase; KeyFileError."""
        from cxr_tui.gateways.sftp.private_key import load_private_key

        passphrase = await self._passphrase()
        try:
            await run_in_thread(lambda: load_private_key(self._path, passphrase), DISK_SECONDS, "private key")
        except TimeoutError:
            raise KeyFileError(f"{visible(str(self._path))} cannot be read: the disk does not answer") from None

    async def close(self) -> None:
        """Nothing is open."""


async def _on_disk(work: Callable[[], Made]) -> Made:
    """Work with a file without blocking the screen; OSError."""
    try:
        return await run_in_thread(work, DISK_SECONDS, "file")
    except TimeoutError:
        raise OSError(errno.ETIMEDOUT, "the disk does not answer") from None


def _report_wait(seconds: float) -> None:
    report = progress_sink.get()
    if report is not None:
        # the number first: a line that is too long is cut at its end
        report(f"Again in {round(seconds)} s: the account's limit of calls is reached")
