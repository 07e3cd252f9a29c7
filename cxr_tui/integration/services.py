"""The outside world of one integration: gateways made from its answers, each made once and shared."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from cxr_tui.domain.errors import MOST_REFUSALS, OutsideError, UnreachableError
from cxr_tui.domain.first_seen import FirstSeen
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.ports import Audience, Credentials, FileServer, OpenPgp, Operator, Progress, Responsys, Screens
from cxr_tui.domain.responsys_data import HostAnswer
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest.login_limit import FailedLogins
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.guide.checks.common import (
    AUDIENCE_API_PASSWORD,
    CONNECT_API_PASSWORD,
    FILE_SERVER_PASSPHRASE,
    RESPONSYS_PASSWORD,
)
from cxr_tui.guide.forms.login_hosts import audience_url, login_url
from cxr_tui.guide.forms.server_address import SSH_PORT, server_address
from cxr_tui.integration.login_budget import JournalLoginLimit
from cxr_tui.integration.login_probe import Means, Trial, make_trial
from cxr_tui.integration.rotation_state import IntegrationState, Stage, refusals_until_lockout
from cxr_tui.integration.system_io import SftpLogin, SystemIo
from cxr_tui.journal.events import LoginEnd
from cxr_tui.security.private_files import expanded

if TYPE_CHECKING:
    from cxr_tui.gateways.rest.session import ApiSession

CLOCK_PATIENCE = 3.0
"""Seconds that a look at the servers' clock may take; the check that follows says what is wrong with the host."""
SHORT_WAIT = 5.0
"""Seconds; a longer wait is told, with what is left of it."""
TOLD_EVERY = 5.0

telling: ContextVar[Progress | None] = ContextVar("telling", default=None)
"""Whom the check that runs in this task tells what it does; the gateways are shared, so they ask for it here."""

Made = TypeVar("Made")
Session = TypeVar("Session", bound="ApiSession")


class LiveWorld:
    """Gateways over real sockets; the libraries behind them are loaded at first use.

    A gateway is made anew when an answer that it was made from has changed, and when its secret was set again.
    """

    def __init__(
        self,
        journal: Callable[[], IntegrationState],
        credentials: Credentials,
        operator: Operator | None,
        note_login: Callable[[str, LoginEnd], None],
        folder: Path,
        system_io: SystemIo | None = None,
        failed: FailedLogins | None = None,
        note_words: Callable[[Sequence[FirstSeen]], None] | None = None,
        screens: Screens | None = None,
    ) -> None:
        """`folder` is for files that checks have mended; it is made when it is needed."""
        self._folder = folder
        self._system_io = system_io or SystemIo()
        self._journal_state = journal
        self._credentials = credentials
        self._operator = operator
        self._screens = screens
        self._note_login = note_login
        self._note_words = note_words
        self._clock = ServerClock(sandboxed=operator is not None)
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
        """The sandbox's operator; None against the real products."""
        return self._operator

    @property
    def screens(self) -> Screens | None:
        """The screens that the operator sees; None under real conditions, where only a person can look."""
        return self._screens

    @property
    def openpgp(self) -> OpenPgp:
        """Local OpenPGP tools, in a home directory made at first use."""
        if self._gpg is None:
            self._gpg = self._system_io.openpgp()
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
        """Ask the login host what time it is, unless it has just answered; schedules are judged by its clock.

        In a sandbox always: the operator moves its time.
        """
        url = login_url(self._journal_state().known())
        if url and (self._operator is not None or not self._failed.just_answered(url)):
            with suppress(OutsideError, TimeoutError):
                async with asyncio.timeout(CLOCK_PATIENCE):
                    await self.probe_host(url)

    async def probe_host(self, url: str) -> HostAnswer:
        """Ask a host for any answer, without credentials; where none comes, no login is sent there in this command."""
        from cxr_tui.gateways.rest.http_client import PROBE_LIMITS, HttpClient, probe_host

        http = self._system_io.http(self._clock) or HttpClient(self._clock, PROBE_LIMITS)
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
        known = self._journal_state().known()
        return self._responsys_as(known.text("add-user.login_name"), RESPONSYS_PASSWORD, "first-password.new_password")

    def connect(self) -> Responsys | None:
        """Responsys as the API user that may use Connect; None where none was given."""
        user = self._journal_state().known().text("account.connect_api_user")
        if not user:
            return None
        return self._responsys_as(user, CONNECT_API_PASSWORD, "account.connect_api_password")

    def audience(self) -> Audience | None:
        """CX Audience as its API user; None where none was given."""
        known = self._journal_state().known()
        user, url = known.text("account.audience_api_user"), audience_url(known.text("account.audience_token"))
        if not user or not url:
            return None
        from cxr_tui.gateways.rest.audience import AudienceGateway

        return self._session(AudienceGateway, url, user, AUDIENCE_API_PASSWORD, "account.audience_api_password")

    def file_server(self) -> FileServer | None:
        """Return the file server with the customer's own key; None where no key was given."""
        known = self._journal_state().known()
        step = "destination-connectivity"
        server, user, key = (known.text(f"{step}.{name}") for name in ("server", "user_name", "key_file"))
        if not (server and user and key):
            return None
        # What is no address was refused when it was entered; what an older journal holds of that kind resolves to none.
        host, port = server_address(server) or (server, SSH_PORT)
        pinned = known.text(f"{step}.host_key")
        has_passphrase = known.number(f"{step}.key_passphrase") > 0

        def make() -> FileServer:
            passphrase = self._secret(self._held(FILE_SERVER_PASSPHRASE)[0]) if has_passphrase else None
            login = SftpLogin(host, port, user, self.file_path(key), passphrase, pinned)
            return self._system_io.file_server(login)

        version = known.number(f"{step}.key_passphrase")
        service = self._rotating(FILE_SERVER_PASSPHRASE)
        return self._shared(FILE_SERVER_PASSPHRASE, (server, user, key, pinned, version, *service), make)

    async def read_file(self, path: str, limit: int) -> bytes:
        """Return at most `limit` bytes of a local file that an answer names; OSError."""
        return await self._system_io.read_file(self.file_path(path), limit)

    async def keep_file(self, name: str, content: bytes) -> Path:
        """Write a file that a check has mended, in one step, and return where it lies; OSError."""
        return await self._system_io.keep_file(self._folder / Path(name).name, content)

    def file_path(self, path: str) -> Path:
        """Return a local path with `~` resolved."""
        return expanded(path)

    def renew(self) -> None:
        """Make the gateways anew at their next use: something outside was mended, so what they remember is over.

        The journal's count of refused logins stays, and with it the limit.
        """
        self._outdated.extend(gateway for _, gateway in self._made.values())
        self._made.clear()
        self._failed.clear()

    async def wait(self, seconds: float) -> None:
        """Let time pass; a long wait is told every few seconds, and in a sandbox the operator lets it pass."""
        tell = telling.get()
        if seconds > SHORT_WAIT and self._operator is not None:
            _tell_wait(tell, seconds)
            until = (self._clock.now() + timedelta(seconds=seconds)).isoformat()
            visit = Visit(Site.CALENDAR, ("Wait until",), {"Time": until})
            shown = await self._operator.perform(visit, {}, self._credentials)
            now = shown.values.get("Now")
            if isinstance(now, str):
                self._clock.learn(format_datetime(datetime.fromisoformat(now), usegmt=True))
            return
        while seconds > SHORT_WAIT:
            _tell_wait(tell, seconds)
            await self._system_io.pause(TOLD_EVERY)
            seconds -= TOLD_EVERY
        await self._system_io.pause(seconds)

    async def close(self) -> None:
        """Close every connection and end the local tools."""
        for gateway in [*self._outdated, *(made for _, made in self._made.values()), self._gpg, self._operator]:
            close = getattr(gateway, "close", None)
            if close is not None:
                await close()
        self._made.clear()
        self._outdated.clear()
        self._gpg = None

    def _responsys_as(self, user: str, item: str, version_key: str) -> Responsys:
        from cxr_tui.gateways.rest.responsys import ResponsysGateway

        return self._session(ResponsysGateway, login_url(self._journal_state().known()), user, item, version_key)

    def _session(self, kind: type[Session], url: str, user: str, item: str, version_key: str) -> Session:
        """Return the session of a user whose password lies under a keyring item; `version_key` counts its changes."""
        held = self._held(item)[0]

        def make() -> Session:
            return kind(
                url,
                user,
                self._secret(held),
                self._clock,
                self._login_limit(item, held),
                failed=self._failed,
                sleep=self.wait,
                http=self._system_io.http(self._clock),
                note_words=self._note_words,
            )

        version = self._journal_state().known().number(version_key)
        return self._shared(item, (url, user, version, *self._rotating(item)), make)

    def trial(self, item: str) -> Trial:
        """Return a login of its own with what lies under `item`; whoever asks for it counts refusals and closes it."""
        known = self._journal_state().known()
        means = Means(known, self._clock, self._secret(item), self.wait, self.file_path, self._system_io, self._failed)
        return make_trial(item.partition(".")[0], means)

    def _login_limit(self, item: str, held: str) -> JournalLoginLimit:
        def refused() -> int:
            return self._held(item)[1]

        return JournalLoginLimit(held, self._journal_state, self.own_time, self._note_login, refused)

    def _held(self, item: str) -> tuple[str, int]:
        """Return which keyring item to log in with, and how many refusals count against it already.

        While a rotation leaves open which password is in force, checks may spend one refusal at most: that is what it
        takes to see that the password has changed, and the other one is left for the rotation to find out to which.
        What rotations have spent counts for checks as well: none of them makes the fifth refusal in a row.
        """
        journal = self._journal_state()
        held, refused = self._held_by(journal, item)
        row = journal.refusal_streak(item)
        return held, max(refused, row.count) if refusals_until_lockout(row, self.own_time()) <= 1 else refused

    def _held_by(self, journal: IntegrationState, item: str) -> tuple[str, int]:
        rotation = journal.rotations.get(item)
        if rotation is None or not rotation.open:
            return item, journal.refusals.get(item, 0)
        if rotation.stage in (Stage.PREPARED, Stage.ROLLING_BACK):
            return rotation.in_force, MOST_REFUSALS if rotation.refused else MOST_REFUSALS - 1
        return rotation.in_force, journal.refusals.get(rotation.in_force, 0)

    def _rotating(self, item: str) -> tuple[Hashable, ...]:
        """Return what of a rotation a gateway was made from.

        Not how often it was refused: the gateway itself remembers that, and a new one would try again by itself.
        """
        rotation = self._journal_state().rotations.get(item)
        if rotation is None or not rotation.open:
            return ()
        return (rotation.number, rotation.stage)

    def _shared(self, name: str, made_from: Hashable, make: Callable[[], Made]) -> Made:
        before, gateway = self._made.get(name, (None, None))
        if gateway is None or before != made_from:
            if gateway is not None:
                self._outdated.append(gateway)
            gateway = make()
            self._made[name] = (made_from, gateway)
        return gateway  # type: ignore[return-value]  # one name always stands for one type

    def _secret(self, item: str) -> Callable[[], Awaitable[Secret]]:
        async def get() -> Secret:
            return await self._credentials.get(item)

        return get


def _tell_wait(tell: Progress | None, seconds: float) -> None:
    if tell is not None:
        # the number first: a line that is too long is cut at its end
        tell(f"Again in {round(seconds)} s: the account's limit of calls is reached")
