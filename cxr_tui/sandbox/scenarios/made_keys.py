"""OpenPGP keys that do not serve: old, weak, expired, revoked, or only for signing."""

from __future__ import annotations

from datetime import datetime, timedelta

from cxr_tui.domain.errors import OpenPgpError
from cxr_tui.domain.secret import Secret
from cxr_tui.system.gpg import gpg_home

OWNER = "Acme Retail Agency <agency@acmeretail.example>"
BOTH, SIGN = "sign,encr", "sign"
"""Uses of a key, as gpg names them."""
_PREFERENCES = "AES256 AES192 AES SHA512 SHA384 SHA256 ZLIB ZIP Uncompressed no-aead"


def make_key(
    created: datetime,
    *,
    algorithm: str = "rsa2048",
    usage: str = BOTH,
    lasts: timedelta | None = None,
    revoked: bool = False,
    private: bool = False,
) -> bytes:
    """Return an armoured key without a passphrase, made by gpg as if at `created`; blocking.

    `lasts` counts from then, None: forever. GpgUnusableError, OpenPgpError.
    """
    expires = "0" if lasts is None else f"seconds={lasts.total_seconds():.0f}"
    with gpg_home() as gpg:
        options = ["--armor", f"--faked-system-time={created:%Y%m%dT%H%M%S}!"]
        if gpg.version >= (2, 3):  # 2.3 and later announce AEAD unless told not to; 2.2 rejects the word
            options.append(f"--default-preference-list={_PREFERENCES}")
        making = ("--quick-generate-key", OWNER, algorithm, usage, expires)
        ran = gpg.run(*options, *making, passphrase=Secret(""), agent=True)
        if ran.code != 0:
            raise OpenPgpError(f"gpg could not make a key: {ran.words()}")
        if revoked:  # gpg writes the certificate with a colon before it, lest it be imported by accident
            [certificate] = (gpg.home / "openpgp-revocs.d").glob("*.rev")
            gpg.run(*options, "--import", data=certificate.read_bytes().replace(b":-----BEGIN", b"-----BEGIN"))
        if private:
            return gpg.run(*options, "--export-secret-keys", passphrase=Secret(""), agent=True).output
        return gpg.run(*options, "--export").output
