"""Reading an OpenPGP public key file of CX Audience with gpg, and checking the key."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cxr_tui.domain.errors import Flaw, GpgUnusableError, OpenPgpError, OutsideError, PrivateKeyFileError
from cxr_tui.domain.finding import Fix, Report
from cxr_tui.domain.responsys_data import PublicKeyInfo
from cxr_tui.domain.text import in_utf_8
from cxr_tui.guide.checks.common import add_exact, report_error
from cxr_tui.guide.definition import Check

SIZE_LIMIT = 1_000_000
"""Bytes; a public key with many signatures has some ten thousand."""
WEAKEST = 2048
"""Least bits of an RSA, DSA or ElGamal key that is strong enough (NIST SP 800-57)."""
SOON = timedelta(days=90)
"""A key that expires within this time would stop the new jobs soon (our choice)."""
LATER = timedelta(days=730)
"""An expiry within this time is worth a note in the calendar (our choice)."""

_PRIVATE_ARMOUR = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY|PuTTY-User-Key-File")
_AGAIN = "Generate a key pair under another name in CX Audience and download its public key."
_PRIVATE_TAGS = (5, 7)
_DISCRETE = ("RSA", "DSA", "ELG", "DH")


def is_private(data: bytes) -> bool:
    """Return whether a file is, or begins with, a private key of any kind; such a file is not used."""
    data = in_utf_8(data)
    if _PRIVATE_ARMOUR.search(data):
        return True
    first = data[0] if data else 0
    if not first & 0x80:
        return False
    tag = first & 0x3F if first & 0x40 else (first >> 2) & 0x0F  # new and old packet format (RFC 4880, 4.2)
    return tag in _PRIVATE_TAGS


async def read_key_file(c: Check, path: str) -> PublicKeyInfo | None:
    """Read a public key file; None where it is something else, which is reported."""
    try:
        data = await c.world.read_file(path, SIZE_LIMIT + 1)
    except OSError as error:
        c.report.fail(
            "key-file-unreadable",
            f"{path}: {error.strerror or str(error)}",
            "The key was not checked.",
            "Enter the path of the file that you downloaded from CX Audience.",
        )
        return None
    if is_private(data):
        _report_private_key(c.report, path)
        return None
    c.progress("Reading the key with gpg")
    try:
        if len(data) > SIZE_LIMIT:
            problem = f"the file has more than {SIZE_LIMIT:,} bytes, so it is not a public key"
            raise OpenPgpError(problem, flaw=Flaw.KEY_FILE_TOO_LARGE)
        return await c.world.openpgp.read_public_key(data)
    except PrivateKeyFileError:
        _report_private_key(c.report, path)
        return None
    except GpgUnusableError as error:
        report_error(c.report, error, f"Reading {path}")
    except OpenPgpError as error:
        c.report.fail(
            "not-a-key-file",
            f"{path}: {error}",
            "Only an OpenPGP public key can be imported into Responsys.",
            "Download the key again: CX Audience, Select or generate key, select the key pair, Download. Its file "
            "begins with -----BEGIN PGP PUBLIC KEY BLOCK----- and ends with -----END PGP PUBLIC KEY BLOCK-----.",
        )
        add_exact(c.report, error, "not-a-key-file")
    except OutsideError as error:
        report_error(c.report, error, f"Reading {path}")
    return None


def _report_private_key(report: Report, path: str) -> None:
    report.fail(
        "private-key-file",
        f"{path} contains a private key.",
        "Anyone who has it can read every exported file. Never upload or email it. The wizard stopped reading it.",
        "Do not upload it. In CX Audience, Select or generate key, select the key pair and click Download: this "
        "gives the public key. If the private key has been exposed, generate a new key pair.",
        hard_stop=True,
    )


def check_key(report: Report, key: PublicKeyInfo, now: datetime, another: Fix) -> None:
    """Report whether files can be encrypted to this key, for how long, how strongly, and in a readable format.

    `another` is the fix for a wrong key: a key pair under another name.
    """
    what = f"{key.algorithm}, {key.bits} bits, {readable(key.fingerprint)}"
    report.passed("public-key", f"An OpenPGP public key: {what}, {', '.join(key.user_ids)}")
    _check_time(report, key, now, another)
    if key.revoked or (key.expires is not None and key.expires <= now):
        pass  # no part of such a key encrypts, however it was made
    elif key.can_encrypt and key.encryption_key_ids:
        report.passed("key-can-encrypt", f"Files can be encrypted to it ({', '.join(key.encryption_key_ids)}).")
    else:
        report.fail(
            "key-cannot-encrypt",
            "The key can sign, but no part of it can encrypt.",
            "Responsys could not encrypt the exported file to it.",
            f"A key needs an encryption subkey. {_AGAIN}",
            another,
        )
    if key.algorithm.upper().startswith(_DISCRETE) and key.bits < WEAKEST:
        report.fail(
            "key-weak",
            f"The {key.algorithm} key has {key.bits} bits; use at least {WEAKEST}.",
            "Shorter keys of this kind can be broken, and the file contains personal data.",
            _AGAIN,
            another,
        )
    if key.announces_aead:
        report.fail(
            "key-announces-aead",
            "The key announces AEAD (OCB) encryption.",
            "Files may then be written in a format that many programs cannot read.",
            f"{_AGAIN} Keys created elsewhere with GnuPG 2.3 or newer need the preference no-aead.",
            another,
        )


def _check_time(report: Report, key: PublicKeyInfo, now: datetime, another: Fix) -> None:
    if key.revoked:
        report.fail(
            "key-expired",
            "The key has been revoked.",
            "No file should be encrypted to it.",
            _AGAIN,
            another,
        )
    if key.expires is None:
        report.passed("key-lasts", f"Created on {key.created:%Y-%m-%d}; does not expire.")
        return
    day = f"{key.expires:%Y-%m-%d}"
    expires = f"The key expires on {day}"
    if key.expires <= now:
        why = "Responsys can no longer encrypt to it."
        report.fail("key-expired", f"The key expired on {day}.", why, _AGAIN, another)
    elif key.expires <= now + SOON:
        seen, why = f"{expires}, in {(key.expires - now).days} days.", "The jobs would fail from that day on."
        report.fail("key-expired", seen, why, _AGAIN, another, identity=f"{expires}.")
    elif key.expires <= now + LATER:
        report.warn(
            "key-expiry",
            f"{expires}.",
            "The jobs fail from that day on.",
            "Put the date in your calendar: you need a new key pair before then.",
        )
    else:
        report.passed("key-lasts", f"The key is valid until {day}.")


def readable(fingerprint: str) -> str:
    """Return a fingerprint in groups of four, as people compare it."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))


def next_name(name: str) -> str:
    """Return the name with a number at the end, or with the next number."""
    stem, _, number = name.rpartition("-")
    return f"{stem}-{int(number) + 1}" if stem and number.isdecimal() else f"{name}-2"
