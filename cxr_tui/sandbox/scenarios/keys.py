"""Mistakes with the OpenPGP key between the two products: another file than the key, or a key that will not do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, scenario
from cxr_tui.sandbox.scenarios.made_keys import SIGN, make_key
from cxr_tui.sandbox.shared.screens import PageShows

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_DIALOG = ("Data", "Connect", "Manage Connect", "Import Profile Data", "Source Specification", "Select or generate key")
_FILE = "Downloaded key"
_YEAR = timedelta(days=365)
_LOGIN_PAGE = b"""<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><form action="/sign-in"><p>Your session has ended. Sign in again.</p></form></body></html>
"""
_SSH_KEY = b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 agency@acmeretail.example\n"
_ANNOUNCES_AEAD = Path(__file__).with_name("announces_aead.asc")
"""The public key of a pair that GnuPG 2.3 made with its own settings; the private half is lost."""


def _pick(builder: ScenarioBuilder, file: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    """Let another file of the downloads folder be picked than the one that was downloaded, once."""

    def alter(shows: PageShows) -> PageShows:
        return replace(shows, files={**shows.files, _FILE: file(*shows.files[_FILE])})

    builder.alter_screen("audience", *_DIALOG, alter=alter, needs=("Download",))


def _pick_older(
    age: timedelta,
    name: str = "agency.asc",
    **properties: Any,  # noqa: ANN401 - those of make_key
) -> Callable[[ScenarioBuilder], None]:
    """Return the scenario in which the key of an older pair is picked."""

    def plant(builder: ScenarioBuilder) -> None:
        made: list[bytes] = []

        async def make(sandbox: Sandbox) -> None:
            created = sandbox.clock.now() - age
            made.append(await asyncio.to_thread(partial(make_key, created, **properties)))

        builder.on_start(make)
        _pick(builder, lambda _, __: (name, made[0]))

    return plant


scenario("private-key-file")(_pick_older(_YEAR, "agency-secret.asc", private=True))
scenario("key-expired")(_pick_older(2 * _YEAR, lasts=_YEAR))
scenario("key-expired-soon")(_pick_older(2 * _YEAR - timedelta(days=30), lasts=2 * _YEAR))
scenario("key-expired-revoked")(_pick_older(_YEAR, revoked=True))
scenario("key-cannot-encrypt")(_pick_older(_YEAR, usage=SIGN))
scenario("key-weak")(_pick_older(_YEAR, algorithm="rsa1024"))


@scenario("key-announces-aead")
def _key_announces_aead(builder: ScenarioBuilder) -> None:
    """Let a key be picked that a new GnuPG made with its own settings."""
    _pick(builder, lambda _, __: ("agency.asc", _ANNOUNCES_AEAD.read_bytes()))


@scenario("not-a-key-file", "not-a-key-file-page")
def _login_page(builder: ScenarioBuilder) -> None:
    """Let the browser save the login page of a session that has ended."""
    _pick(builder, lambda name, _: (f"{name}.html", _LOGIN_PAGE))


@scenario("not-a-key-file-empty")
def _empty_file(builder: ScenarioBuilder) -> None:
    """Let the download end before it began."""
    _pick(builder, lambda name, _: (name, b""))


@scenario("not-a-key-file-ssh")
def _ssh_key(builder: ScenarioBuilder) -> None:
    """Let the SSH key beside it be picked."""
    _pick(builder, lambda _, __: ("id_rsa.pub", _SSH_KEY))


@scenario("not-a-key-file-truncated")
def _truncated(builder: ScenarioBuilder) -> None:
    """Let the download break off halfway."""
    _pick(builder, lambda name, data: (name, data[: len(data) // 2]))


@scenario("key-mismatch")
def _key_mismatch(builder: ScenarioBuilder) -> None:
    """Let the browser put another download, of the same name, over the file between the two steps."""

    async def overwrite(sandbox: Sandbox) -> None:
        other = await asyncio.to_thread(make_key, sandbox.clock.now() - _YEAR)
        for path in (sandbox.directory / "downloads").glob("*.asc"):
            path.write_bytes(other)

    builder.after_visit("responsys", "Data", "Connect", "Manage Connect", "Create job", change=overwrite)
