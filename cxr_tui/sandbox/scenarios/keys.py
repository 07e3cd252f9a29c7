"""Mistakes with the OpenPGP key between the two products: another file than the key, or an unsuitable key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxr_tui.domain.errors import OpenPgpError
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.scenarios.builder import Moment, ScenarioBuilder, change_after, scenario
from cxr_tui.sandbox.scenarios.exports import CREATE_JOB
from cxr_tui.sandbox.shared.connect_jobs import IMPORT_PROFILES, MANAGE
from cxr_tui.sandbox.shared.screens import PageShows
from cxr_tui.system.gpg import gpg_home

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_DIALOG = (*MANAGE, IMPORT_PROFILES, "Source Specification", "Select or generate key")
_DOWNLOAD = Moment("audience", _DIALOG, ("Download",))
_YEAR = timedelta(days=365)
_LOGIN_PAGE = b"""<!DOCTYPE html>
<html><head><title>Sign in</title></head>
<body><form action="/sign-in"><p>Your session has ended. Sign in again.</p></form></body></html>
"""
_SSH_KEY = b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 agency@acmeretail.example\n"
_ANNOUNCES_AEAD = Path(__file__).with_name("announces_aead.asc")
"""The public key of a pair that GnuPG 2.3 made with its own settings."""
_OWNER = "Acme Retail Agency <agency@acmeretail.example>"
_PREFERENCES = "AES256 AES192 AES SHA512 SHA384 SHA256 ZLIB ZIP Uncompressed no-aead"


def make_key(
    created: datetime,
    *,
    algorithm: str = "rsa2048",
    usage: str = "sign,encr",
    lasts: timedelta | None = None,
    revoked: bool = False,
    private: bool = False,
) -> bytes:
    """Return an armoured key without a passphrase, made by gpg as if at `created`; blocking.

    `usage` is in gpg's words; `lasts` counts from `created`, None: forever. GpgUnusableError, OpenPgpError.
    """
    expires = "0" if lasts is None else f"seconds={lasts.total_seconds():.0f}"
    with gpg_home() as gpg:
        options = ["--armor", f"--faked-system-time={created:%Y%m%dT%H%M%S}!"]
        if gpg.version >= (2, 3):  # 2.3 and later announce AEAD unless told not to; 2.2 rejects the word
            options.append(f"--default-preference-list={_PREFERENCES}")
        making = ("--quick-generate-key", _OWNER, algorithm, usage, expires)
        ran = gpg.run(*options, *making, passphrase=Secret(""), agent=True)
        if ran.code != 0:
            raise OpenPgpError(f"gpg could not make a key: {ran.words()}")
        if revoked:  # gpg writes the certificate with a colon before it, lest it be imported by accident
            [certificate] = (gpg.home / "openpgp-revocs.d").glob("*.rev")
            gpg.run(*options, "--import", data=certificate.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
        if private:
            return gpg.run(*options, "--export-secret-keys", passphrase=Secret(""), agent=True).output
        return gpg.run(*options, "--export").output


async def _pick(builder: ScenarioBuilder, file: Callable[[str, bytes], tuple[str, bytes]]) -> None:
    """Let another file of the downloads folder be picked than the one that was downloaded, once."""

    def alter(shows: PageShows) -> PageShows:
        return replace(shows, files={label: file(*download) for label, download in shows.files.items()})

    builder.alter_screen(_DOWNLOAD, alter)


def _pick_older(code: str, age: timedelta, name: str = "agency.asc", **properties: Any) -> None:  # noqa: ANN401 - those of make_key
    """Register the scenario in which the key of an older pair is picked."""

    @scenario(code)
    async def plant(builder: ScenarioBuilder) -> None:
        created = builder.sandbox.clock.now() - age
        key = await asyncio.to_thread(partial(make_key, created, **properties))
        await _pick(builder, lambda _, __: (name, key))


_pick_older("private-key-file", _YEAR, "agency-secret.asc", private=True)
_pick_older("key-expired", 2 * _YEAR, lasts=_YEAR)
_pick_older("key-expired-soon", 2 * _YEAR - timedelta(days=30), lasts=2 * _YEAR)
_pick_older("key-expired-revoked", _YEAR, revoked=True)
_pick_older("key-cannot-encrypt", _YEAR, usage="sign")
_pick_older("key-weak", _YEAR, algorithm="rsa1024")


_OTHER_FILES: dict[str, Callable[[str, bytes], tuple[str, bytes]]] = {
    # a key that a new GnuPG made with its own settings
    "key-announces-aead": lambda _, __: ("agency.asc", _ANNOUNCES_AEAD.read_bytes()),
    # the login page of a session that has ended, as the browser saved it
    "not-a-key-file": lambda name, _: (f"{name}.html", _LOGIN_PAGE),
    "not-a-key-file-page": lambda name, _: (f"{name}.html", _LOGIN_PAGE),
    # a download that ended before it began
    "not-a-key-file-empty": lambda name, _: (name, b""),
    # an SSH key in the same folder
    "not-a-key-file-ssh": lambda _, __: ("id_rsa.pub", _SSH_KEY),
    # a download that broke off halfway
    "not-a-key-file-truncated": lambda name, data: (name, data[: len(data) // 2]),
}
for _code, _file in _OTHER_FILES.items():
    scenario(_code)(partial(_pick, file=_file))


@change_after("key-mismatch", CREATE_JOB)
async def _overwrite(sandbox: Sandbox) -> None:
    """Let the browser put another download, of the same name, over the file between the two steps."""
    other = await asyncio.to_thread(make_key, sandbox.clock.now() - _YEAR)
    for path in (sandbox.directory / "downloads").glob("*.asc"):
        path.write_bytes(other)
