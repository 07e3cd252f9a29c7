"""Scenarios of the way from Responsys to CX Audience: the SSH2 key."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cxr_tui.sandbox.responsys.ssh_keys import COMPLETED
from cxr_tui.sandbox.scenarios.builder import Moment, ScenarioBuilder, product_state, scenario
from cxr_tui.sandbox.shared.screens import PageShows

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_FORGOTTEN = timedelta(days=120)
_SHORT_LINE = 56


@scenario("ssh2-key-format")
def _ssh2_key_format(builder: ScenarioBuilder) -> None:
    """Let the company's mail gateway quote attached text and shorten its lines, once."""

    def quoted(data: bytes) -> bytes:
        lines = data.decode("ascii").splitlines()
        head, body, end = lines[:2], "".join(lines[2:-1]), lines[-1]
        short = [body[start : start + _SHORT_LINE] for start in range(0, len(body), _SHORT_LINE)]
        return "".join(f"> {line}\r\n" for line in (*head, *short, end)).encode("ascii")

    def mangle(shows: PageShows) -> PageShows:
        files = {label: (name, quoted(data)) for label, (name, data) in shows.files.items()}
        return replace(shows, files=files)

    builder.alter_screen(Moment("mailbox", ("Inbox", "Your SSH2 public key")), mangle)


@product_state("ssh2-key-pending")
async def _ssh2_key_pending(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Take the key in at Oracle and lose the work order; Support finds it again when the person asks."""
    sandbox.responsys.ssh2_keys.delay = _FORGOTTEN
    yield
    for key in sandbox.responsys.ssh2_keys.by_tag.values():
        key.status = COMPLETED
