"""The status of several integrations, collected concurrently; an error of one never hides another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import TypeAlias

from cxr_tui.domain.errors import OutsideError, StoreUnusableError
from cxr_tui.domain.text import visible
from cxr_tui.integration.integration import Integration
from cxr_tui.jobs.evidence import UnavailableReason
from cxr_tui.jobs.status import IntegrationStatus, look

AT_ONCE = 12
"""Integrations at once: enough to hide the network's latency, few enough for memory and file handles."""

Opening: TypeAlias = Callable[[], AbstractAsyncContextManager[Integration]]
"""Opens one integration and closes it again."""


async def overview(
    openings: Mapping[str, Opening],
    at_once: int = AT_ONCE,
    on_done: Callable[[IntegrationStatus], None] = lambda _: None,
) -> tuple[IntegrationStatus, ...]:
    """Return the status of every integration, in the given order; an error becomes the `trouble` of its integration.

    `on_done` receives each status as soon as it is known.
    """
    room = asyncio.Semaphore(at_once)

    async def one(name: str, opening: Opening) -> IntegrationStatus:
        async with room:
            status = await _one(name, opening)
        on_done(status)
        return status

    return tuple(await asyncio.gather(*(one(name, opening) for name, opening in openings.items())))


async def _one(name: str, opening: Opening) -> IntegrationStatus:
    try:
        async with opening() as integration:
            return await look(integration)
    except OutsideError as error:
        cause = UnavailableReason.STORE if isinstance(error, StoreUnusableError) else UnavailableReason.UNREACHABLE
        return _troubled(name, str(error), cause)
    except Exception as error:  # noqa: BLE001 - a broken journal, or a bug, must not hide the other integrations
        return _troubled(name, f"{type(error).__name__}: {error}")


def _troubled(name: str, why: str, *causes: UnavailableReason) -> IntegrationStatus:
    return IntegrationStatus(name, datetime.now(UTC), "", trouble=visible(why), unavailable_reasons=frozenset(causes))
