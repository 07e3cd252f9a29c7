"""The time of a sandbox is the one that its operator's calendar shows, whether or not a host has answered since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cxr_tui.domain.answers import Value
from cxr_tui.domain.instruction import Shown, Site, Visit
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import Journal
from support.worlds.toy_guide import TOY, MemoryCredentials

LATER = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


class Calendar:
    """An operator every screen of which shows the same time."""

    async def perform(self, _: Visit, __: Mapping[str, Value | Secret], ___: Credentials) -> Shown:
        return Shown({"Now": LATER.isoformat()}, {}, {})

    async def look(self, _: Site, __: Sequence[str]) -> Mapping[str, Value]:
        return {"Now": LATER.isoformat()}


@pytest.mark.parametrize(("site", "moved"), [(Site.CALENDAR, True), (Site.MAILBOX, False)])
async def test_time_passes_at_the_calendar_although_no_host_has_answered(
    tmp_path: Path, site: Site, *, moved: bool
) -> None:
    credentials = MemoryCredentials()
    integration = Integration(TOY, Journal(tmp_path / "journal.db"), credentials, Calendar(), "toy")
    operator = integration.world.operator
    assert operator is not None
    await operator.perform(Visit(site, ("Wait for", "Next run")), {}, credentials)
    assert (integration.world.now() >= LATER) is moved
    assert await operator.look(site, ("Wait until",)) == {"Now": LATER.isoformat()}
    await integration.close()


async def test_a_long_wait_moves_the_time_of_a_sandbox(tmp_path: Path) -> None:
    integration = Integration(TOY, Journal(tmp_path / "journal.db"), MemoryCredentials(), Calendar(), "toy")
    await integration.world.wait(60)
    assert integration.world.now() >= LATER
    await integration.close()
