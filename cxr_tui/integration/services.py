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
from typing import TYPE_CHECKING, TypeVar, cast

from cxr_tui.domain.answers import Value
from cxr_tui.domain.errors import LOCK_LASTS, OutsideError, UnreachableError
from cxr_tui.domain.instruction import Shown, Site, Visit
from cxr_tui.domain.login_endings import running_command
from cxr_tui.domain.ports import Credentials, FileServer, Members, OpenPgp, Operator, Progress, Responsys, Screens
from cxr_tui.domain.responsys_data import FirstSeen, HostAnswer
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest.login_limit import FailedLogins, LoginCounts, LoginLimit
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.checks.common import (
    AUDIENCE_API_PASSWORD,
    CONNECT_API_PASSWORD,
    FILE_SERVER_PASSPHRASE,
    RESPONSYS_PASSWORD,
)
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.guide.forms.validators import SSH_PORT, server_address
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.journal.events import LoginEnd
from cxr_tui.security.private_files import expanded, open_named, private_folder, write_private
from cxr_tui.system.threads import run_in_thread

if TYPE_CHECKING:
    from cxr_tui.gateways.rest.session import ApiSession
    from cxr_tui.gateways.sftp.client import SftpFileServer

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

Result = TypeVar("Result")
Gateway = TypeVar("Gateway", bound="ApiSession | SftpFileServer")

_ACCOUNTS = {
    RESPONSYS_PASSWORD: ("add-user.login_name", "first-password.new_password"),
    CONNECT_API_PASSWORD: ("account.connect_api_user", "account.connect_api_password"),
    AUDIENCE_API_PASSWORD: ("account.audience_api_user", "account.audience_api_password"),
}
"""Keys of the user name and of the password's version, by keyring item."""
_HOSTS = ("account.login_host", "account.login_url", "account.routing_token", "account.audience_token")
"""Keys of the answers that the hosts of logins follow from."""


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


class JournalLoginLimit(LoginLimit):
    """The login limit of the secret that is active for one keyring item; it counts for all processes.

    It survives a restart, and a rotation may make it stricter.
    """

    def __init__(
        self,
        base: str,
        journal: Callable[[], IntegrationState],
        now: Callable[[], datetime],
        note: Callable[[str, LoginEnd], None],
    ) -> None:
        self.item = journal().active_item(base)
        self._base = base
        self._journal_state = journal
        self._now = now
        self._note = note

    def spent(self) -> LoginCounts:
        """Return what has gone wrong so far; after an hour a person's command may ignore lost answers."""
        journal, now = self._journal_state(), self._now()
        refused, unanswered = journal.counted_refusals(self._base, now), journal.unanswered.get(self.item, ())
        before = journal.failed_before.get(self.item, 0)
        command = running_command()
        if command is None or not command.by_person:
            return LoginCounts(refused, len(unanswered), before)
        return LoginCounts(refused, sum(now - at < LOCK_LASTS for at in unanswered), before)

    def refused(self) -> None:
        """Count a refused login."""
        self._note(self.item, LoginEnd.REFUSED)

    def unanswered(self) -> None:
        """Count a login without an answer."""
        self._note(self.item, LoginEnd.UNANSWERED)

    def accepted(self) -> None:
        """Reset the count; most logins have nothing to reset and leave no record."""
        journal = self._journal_state()
        failed = journal.refusals.get(self.item) or journal.unanswered.get(self.item)
        if failed or journal.refusal_streak(self.item).count:
            self._note(self.item, LoginEnd.ACCEPTED)


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
        self.credentials = credentials
        self._clock = ServerClock(sandboxed=operator is not None)
        self.operator: Operator | None = _TimedOperator(operator, self._clock) if operator is not None else None
        self.screens = screens
        self._note_login = note_login
        self._note_words = note_words
        self._pause = pause or asyncio.sleep
        self._failed = failed or FailedLogins()
        self._made: dict[str, tuple[Hashable, ApiSession | SftpFileServer]] = {}
        self._outdated: list[ApiSession | SftpFileServer] = []

    @property
    def openpgp(self) -> OpenPgp:
        """Local OpenPGP tools."""
        from cxr_tui.gateways.openpgp.gateway import GpgOpenPgp

        return GpgOpenPgp()

    def now(self) -> datetime:
        """Return the servers' time (aware, UTC), this machine's until one has answered; for schedules only."""
        return self._clock.now()

    def own_time(self) -> datetime:
        """Return this machine's time (aware, UTC): for login limits and the journal."""
        return self._clock.own()

    def clock_difference(self) -> timedelta | None:
        """Return how far the servers' clock is ahead of this machine's, None while that makes no difference."""
        return self._clock.difference

    async def sync_clock(self, patience: float = CLOCK_PATIENCE) -> None:
        """Ask the login host for its time; schedules follow its clock."""
        url = login_url(self._journal_state().known())
        if url:
            with suppress(OutsideError, TimeoutError):
                async with asyncio.timeout(patience):
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
        return cast("Responsys", self._session(RESPONSYS_PASSWORD))

    def connect(self) -> Responsys | None:
        """Responsys as the API user that may use Connect; None where none was given."""
        given = self._user(CONNECT_API_PASSWORD)
        return cast("Responsys", self._session(CONNECT_API_PASSWORD)) if given else None

    def audience(self) -> Members | None:
        """CX Audience as its API user; None where none was given."""
        given = self._user(AUDIENCE_API_PASSWORD) and self._url(AUDIENCE_API_PASSWORD)
        return cast("Members", self._session(AUDIENCE_API_PASSWORD)) if given else None

    def file_server(self) -> FileServer | None:
        """Return the file server with the customer's own key; None where no key was given."""
        known, step = self._journal_state().known(), "destination-connectivity"
        server, user, key = (known.text(f"{step}.{name}") for name in ("server", "user_name", "key_file"))
        if not (server and user and key):
            return None
        # An entry that is no address is refused; one from an older journal resolves to nothing.
        host, port = server_address(server) or (server, SSH_PORT)
        pinned, version = known.text(f"{step}.host_key"), known.number(f"{step}.key_passphrase")

        def make() -> SftpFileServer:
            from cxr_tui.gateways.sftp.client import SftpFileServer

            passphrase = (lambda: self.credentials.get(FILE_SERVER_PASSPHRASE)) if version > 0 else None
            return SftpFileServer(host, port, user, expanded(key), passphrase, pinned)

        return self._shared(FILE_SERVER_PASSPHRASE, (server, user, key, pinned, version), make)

    async def read_file(self, path: str, limit: int) -> bytes:
        """Return at most `limit` bytes of a local file that an answer names; OSError."""

        def read() -> bytes:
            with open_named(expanded(path)) as file:
                return file.read(limit)

        return await _on_disk(read)

    async def keep_file(self, name: str, content: bytes) -> Path:
        """Write a file that a check has repaired, atomically, and return its path; OSError."""
        target = self._folder / Path(name).name

        def keep() -> Path:
            write_private(private_folder(target.parent) / target.name, content)
            return target

        return await _on_disk(keep)

    def reset_gateways(self) -> None:
        """Replace every gateway at its next use: something was fixed outside, so what they remember is outdated.

        The journal's count of refused logins stays, and with it the limit.
        """
        self._outdated.extend(gateway for _, gateway in self._made.values())
        self._made.clear()
        self._failed.clear()

    async def wait(self, seconds: float) -> None:
        """Let time pass and report a long wait every few seconds; in a sandbox the operator moves its time."""
        if seconds > SHORT_WAIT and self.operator is not None:
            _report_wait(seconds)
            until = (self._clock.now() + timedelta(seconds=seconds)).isoformat()
            visit = Visit(Site.CALENDAR, ("Wait until",), {"Time": until})
            await self.operator.perform(visit, {}, self.credentials)
            return
        while seconds > SHORT_WAIT:
            _report_wait(seconds)
            await self._pause(REPORT_SECONDS)
            seconds -= REPORT_SECONDS
        await self._pause(seconds)

    async def close(self) -> None:
        """Close every connection."""
        for gateway in [*self._outdated, *(made for _, made in self._made.values())]:
            await gateway.close()
        self._made.clear()
        self._outdated.clear()

    async def try_login(self, item: str) -> None:
        """Log in once with the secret under `item`, in a session that no check shares; LoginRefusedError and others.

        The caller counts the refusals.
        """
        session = self._make(item.partition(".")[0], item)
        try:
            await session.login()
        finally:
            await session.close()

    def goes_elsewhere(self, item: str) -> bool:
        """Return whether logins with the secret of `item` failed, but none with the current user name and hosts."""
        journal = self._journal_state()
        failed_with = journal.failed_with.get(item, ())
        if not failed_with or item not in _ACCOUNTS:
            return False
        keys, known = (_ACCOUNTS[item][0], *_HOSTS), journal.known()
        return all(any(was.text(key) != known.text(key) for key in keys) for was in failed_with)

    def _user(self, item: str) -> str:
        return self._journal_state().known().text(_ACCOUNTS[item][0])

    def _url(self, item: str) -> str:
        known = self._journal_state().known()
        return audience_url(known.text("account.audience_token")) if item == AUDIENCE_API_PASSWORD else login_url(known)

    def _session(self, item: str) -> ApiSession:
        """Return the session of the user whose password is under a keyring item."""

        def make() -> ApiSession:
            limit = JournalLoginLimit(item, self._journal_state, self.own_time, self._note_login)
            return self._make(item, limit.item, limit)

        version = self._journal_state().known().number(_ACCOUNTS[item][1])
        return self._shared(item, (self._url(item), self._user(item), version), make)

    def _make(self, item: str, secret: str, limit: LoginLimit | None = None) -> ApiSession:
        """Return a new session of the user of `item`, with the password under `secret`."""
        from cxr_tui.gateways.rest.audience import AudienceGateway
        from cxr_tui.gateways.rest.responsys import ResponsysGateway

        kind: type[ApiSession] = AudienceGateway if item == AUDIENCE_API_PASSWORD else ResponsysGateway
        return kind(
            self._url(item),
            self._user(item),
            lambda: self.credentials.get(secret),
            self._clock,
            limit,
            failed=self._failed,
            sleep=self.wait,
            note_words=self._note_words,
        )

    def _shared(self, item: str, values: tuple[Hashable, ...], make: Callable[[], Gateway]) -> Gateway:
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


async def _on_disk(work: Callable[[], Result]) -> Result:
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
