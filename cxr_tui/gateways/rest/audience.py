"""CX Audience REST as one API user (facts C.1): lists and single members, nothing else is documented."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from cxr_tui.domain.responsys_data import ListSchema
from cxr_tui.domain.secret import Secret
from cxr_tui.gateways.rest import response_models as read
from cxr_tui.gateways.rest.http_client import HttpClient
from cxr_tui.gateways.rest.login_limit import FailedLogins, LoginLimit
from cxr_tui.gateways.rest.members import find_member
from cxr_tui.gateways.rest.server_clock import ServerClock
from cxr_tui.gateways.rest.session import API, ApiSession, NoteWords, Sleep


class AudienceGateway:
    """Implements `cxr_tui.domain.ports.Audience`; its login names no other host, so all calls stay at `base_url`.

    The other arguments are those of `ResponsysGateway`.
    """

    def __init__(
        self,
        base_url: str,
        user_name: str,
        password: Callable[[], Awaitable[Secret]],
        clock: ServerClock,
        limit: LoginLimit | None = None,
        *,
        failed: FailedLogins | None = None,
        sleep: Sleep = asyncio.sleep,
        http: HttpClient | None = None,
        note_words: NoteWords | None = None,
    ) -> None:
        base = base_url.rstrip("/")
        self._session = ApiSession(
            base,
            user_name,
            password,
            clock,
            base_of=lambda _: base,
            product="CX Audience",
            limit=limit,
            failed=failed,
            sleep=sleep,
            http=http,
            note_words=note_words,
        )

    async def login(self) -> None:
        """Log in if no token is held; see `ApiSession.login`."""
        await self._session.login()

    async def lists(self) -> tuple[ListSchema, ...]:
        """Return the customer data lists with columns."""
        return await self._session.get(f"{API}/lists", read.list_schemas)

    async def member(
        self, list_name: str, column: str, value: str, fields: Sequence[str] = ()
    ) -> Mapping[str, str] | None:
        """Return one member by match column, None where there is none; NotFoundError for the list."""
        return await find_member(self._session, list_name, column, value, fields)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()
