"""Faults of the OpenPGP key between the two products: another file than the key, or a key that will not do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, scenario
from cxr_tui.sandbox.scenarios.made_keys import AEAD, INTEGRITY, SIGN, MadeKey
from cxr_tui.sandbox.shared.screens import PageShows

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_DIALOG = ("Data", "Connect", "Manage Connect", "Import Profile Data", "Source Specification", "Select or generate key")
_FILE = "Downloaded key"
_WHO = "Acme Retail Agency <agency@acmeretail.example>"
_YEAR = timedelta(days=365)
_LOGIN_PAGE = b"""<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><form action="/sign-in"><p>Your session has ended. Sign in again.</p></form></body></html>
"""
_SSH_KEY = b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 agency@acmeretail.example\n"


def _picked(builder: ScenarioBuilder, file: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    """Let another file of the downloads folder be picked than the one that was downloaded, once."""

    def alter(shows: PageShows) -> PageShows:
        return PageShows(shows.message, shows.values, shows.secrets, {**shows.files, _FILE: file(*shows.files[_FILE])})

    builder.alter_screen("audience", *_DIALOG, alter=alter, needs=("Download",))


def _older(builder: ScenarioBuilder, key: Callable[[datetime], MadeKey]) -> None:
    """Let the public key of an older pair be picked; `key` makes it, given the sandbox's time."""
    made = key(builder.sandbox.clock.now())
    _picked(builder, lambda _, __: ("agency.asc", made.public()))


@scenario("private-key-file")
def _private_key_file(builder: ScenarioBuilder) -> None:
    """Let the private half of a pair that was made elsewhere be picked."""
    made = MadeKey(_WHO, builder.sandbox.clock.now() - _YEAR)
    _picked(builder, lambda _, __: ("agency-secret.asc", made.private()))


@scenario("not-a-key-file")
@scenario("not-a-key-file-page")
def _login_page(builder: ScenarioBuilder) -> None:
    """Let the browser save the login page of a session that has ended."""
    _picked(builder, lambda name, _: (f"{name}.html", _LOGIN_PAGE))


@scenario("not-a-key-file-empty")
def _empty_file(builder: ScenarioBuilder) -> None:
    """Let the download end before it began."""
    _picked(builder, lambda name, _: (name, b""))


@scenario("not-a-key-file-ssh")
def _ssh_key(builder: ScenarioBuilder) -> None:
    """Let the SSH key beside it be picked."""
    _picked(builder, lambda _, __: ("id_rsa.pub", _SSH_KEY))


@scenario("not-a-key-file-truncated")
def _truncated(builder: ScenarioBuilder) -> None:
    """Let the download break off halfway."""
    _picked(builder, lambda name, data: (name, data[: len(data) // 2]))


@scenario("key-expired")
def _key_expired(builder: ScenarioBuilder) -> None:
    _older(builder, lambda now: MadeKey(_WHO, now - 2 * _YEAR, lasts=_YEAR))


@scenario("key-expired-soon")
def _key_expires_soon(builder: ScenarioBuilder) -> None:
    """Let the key last to the end of its second year, which is next month."""
    _older(builder, lambda now: MadeKey(_WHO, now - 2 * _YEAR + timedelta(days=30), lasts=2 * _YEAR))


@scenario("key-expired-revoked")
def _key_revoked(builder: ScenarioBuilder) -> None:
    _older(builder, lambda now: MadeKey(_WHO, now - _YEAR, revoked=True))


@scenario("key-cannot-encrypt")
def _key_cannot_encrypt(builder: ScenarioBuilder) -> None:
    """Let a key be picked that signs mail and nothing else."""
    _older(builder, lambda now: MadeKey(_WHO, now - _YEAR, flags=SIGN))


@scenario("key-weak")
def _key_weak(builder: ScenarioBuilder) -> None:
    """Let a key of the nineties' length be picked."""
    _older(builder, lambda now: MadeKey(_WHO, now - _YEAR, bits=1024))


@scenario("key-announces-aead")
def _key_announces_aead(builder: ScenarioBuilder) -> None:
    """Let a key be picked that a new GnuPG made with its own settings."""
    _older(builder, lambda now: MadeKey(_WHO, now - _YEAR, features=INTEGRITY | AEAD))


@scenario("key-mismatch")
def _key_mismatch(builder: ScenarioBuilder) -> None:
    """Let the browser put another download, of the same name, over the file between the two steps."""
    made = MadeKey(_WHO, builder.sandbox.clock.now() - _YEAR)

    async def overwrite(sandbox: Sandbox) -> None:
        for path in (sandbox.directory / "downloads").glob("*.asc"):
            path.write_bytes(made.public())

    builder.after_visit("responsys", "Data", "Connect", "Manage Connect", "Create job", change=overwrite)
