"""What a file received as SSH2 public key is, and the key where it contains exactly one.

RFC 4716 describes the SSH2 format. Everything here is a pure function over bytes.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from enum import StrEnum

from cxr_tui.domain.ssh_public_key import SshPublicKey, decoded, first_key, from_openssh, from_ssh2, key_of
from cxr_tui.domain.text import in_utf_8, utf_16_of

MIN_BITS = 1024
"""Responsys accepts RSA and DSA keys of at least this many bits (facts B.9; documented)."""
SIZE_LIMIT = 100_000
"""No public key file is larger than this, in bytes."""

_ONE_LINE = re.compile(r"\b(ssh-[a-z0-9-]+|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+)\s+(?=AAAA)")
_BASE64 = re.compile(r"AAAA[B-I][A-Za-z0-9+/=\s]+")
"""An SSH key begins with the length of its algorithm's name, which is always written so."""
_PEM = re.compile(r"-----BEGIN (?:RSA )?PUBLIC KEY-----.*?(?:-----END (?:RSA )?PUBLIC KEY-----|\Z)", re.DOTALL)
_CERTIFICATE = re.compile(r"-cert-v0\d@openssh\.com\s+AAAA|-----BEGIN CERTIFICATE-----")
_OPTION = r'[A-Za-z0-9-]+(?:="(?:[^"\\\n]|\\.)*")?'
_OPTIONS = re.compile(rf"(?=.*(?:=\"|\bno-|restrict)){_OPTION}(?:,{_OPTION})*\s+")
_HOSTS = re.compile(r"(?:@\S+\s+)?(?:\|1\|\S+|\[?[\w*?-]+(?:[.:][\w*?-]+)+\]?(?::\d+)?(?:,\S+)?)\s+")
"""Names of servers before a key, hashed or not, as known_hosts has them."""
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"))
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'))
_MAIL_HEADERS = {"from", "received", "subject", "mime-version"}
_MOST_PARTS = 20
"""Parts of one email; the library that reads them recurses into nested ones."""


class Form(StrEnum):
    """What a file is."""

    SSH2 = "SSH2 public key (RFC 4716)"
    OPENSSH = "OpenSSH public key"
    REWRAPPED = "public key whose lines are wrapped, quoted, joined or among other text"
    UTF_16 = "public key saved as UTF-16 text, as PowerShell and Notepad do"
    DASHES = "SSH2 public key with the wrong dashes around it (RFC 4716)"
    OPTIONS = "line of an authorized_keys file, with options before the key"
    PEM = "public key in PEM format"
    MAIL = "saved email"
    SEVERAL = "file with several public keys, which differ or are not complete"
    KNOWN_HOSTS = "line of a known_hosts file, with the key of a server"
    CERTIFICATE = "certificate, not the public key itself"
    PRIVATE = "private key"
    PUTTY = "PuTTY key file"
    HTML = "HTML page"
    EMPTY = "empty file"
    DAMAGED = "damaged public key"
    OTHER = "something else"


@dataclass(frozen=True)
class Reading:
    """What a file is, and the key in it where there is exactly one; only SSH2 and OPENSSH can be used as they are."""

    form: Form
    key: SshPublicKey | None = None


def of_taken_kind(key: SshPublicKey) -> bool:
    """Return whether Responsys accepts this kind of key (facts B.9; documented)."""
    return key.algorithm in ("ssh-rsa", "ssh-dss")


def read_key_file(data: bytes) -> Reading:
    """Return what a file contains; never raises, whatever the bytes are."""
    data = data[:SIZE_LIMIT]
    text = in_utf_8(data).decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Reading(Form.EMPTY)
    if re.search(r"BEGIN [A-Z0-9 ]*PRIVATE KEY", text):
        return Reading(Form.PRIVATE)
    if re.search(r"PuTTY-User-Key-File-\d", text):
        return Reading(Form.PUTTY)
    if (key := from_ssh2(text)) is not None:
        form = Form.SSH2
    elif (key := from_openssh(text)) is not None:
        form = Form.OPENSSH
    else:
        return _read_mail(data) or _read_altered(text)
    return Reading(Form.UTF_16 if utf_16_of(data) else form, key)


def _read_mail(data: bytes) -> Reading | None:
    """Return what is attached to a saved email, None where the file is not one."""
    import email

    if len(re.findall(rb"(?i)multipart/|message/", data)) > _MOST_PARTS:
        return None
    message = email.message_from_bytes(data.lstrip())
    if len(_MAIL_HEADERS & {name.lower() for name in message}) < 2:  # two of them: `Subject:` alone may be a comment
        return None
    found: dict[bytes, SshPublicKey] = {}
    for part in message.walk():
        content = part.get_payload(decode=True)
        reading = read_key_file(content) if isinstance(content, bytes) else Reading(Form.EMPTY)
        if reading.form in (Form.PRIVATE, Form.PUTTY, Form.SEVERAL):
            return reading
        if reading.key is not None:
            found[reading.key.blob] = reading.key
    if len(found) > 1:
        return Reading(Form.SEVERAL)
    return Reading(Form.MAIL, next(iter(found.values()), None))


def _read_altered(text: str) -> Reading:
    """Return the key in a text that was altered, so that it is not a key file."""
    if _CERTIFICATE.search(text):
        return Reading(Form.CERTIFICATE)
    plain = _cleaned(text)
    block = "BEGIN SSH2 PUBLIC KEY" in plain
    pems = _PEM.findall(plain)
    keys = [_key_in_pem(pem) for pem in pems] + [_key_at(found) for found in _BASE64.findall(plain)]
    if not keys and not block and not _ONE_LINE.search(plain):
        is_page = re.search(r"<(!doctype|html|head|body)\b", text, re.IGNORECASE)
        return Reading(Form.HTML if is_page else Form.OTHER)
    if len({key and key.blob for key in keys}) > 1:
        return Reading(Form.SEVERAL)
    if not keys or keys[0] is None:
        return Reading(Form.DAMAGED)
    form = Form.PEM if pems else _form_of_block(text) if block else _form_of_line(text)
    return Reading(form, None if form is Form.KNOWN_HOSTS else keys[0])


def _form_of_block(text: str) -> Form:
    lines = text.translate(_DASHES).translate(_QUOTES).split("\n")
    marked = [re.sub(r"^-+\s*((?:BEGIN|END) SSH2 PUBLIC KEY)\s*-+\s*$", r"---- \1 ----", line) for line in lines]
    return Form.REWRAPPED if from_ssh2("\n".join(marked)) is None else Form.DASHES


def _form_of_line(text: str) -> Form:
    for line in text.split("\n"):
        found = _ONE_LINE.search(line)
        before = line[: found.start()] if found else ""
        if _OPTIONS.fullmatch(before):
            return Form.OPTIONS
        if _HOSTS.fullmatch(before):
            return Form.KNOWN_HOSTS
    return Form.REWRAPPED


def _cleaned(text: str) -> str:
    """Return a text without the changes of mail programs and word processors."""
    plain = html.unescape(re.sub(r"<[^<>\n]{0,200}>", "\n", text)).translate(_DASHES).translate(_QUOTES)
    plain = "\n".join(re.sub(r"^[\s>|]+", "", line).rstrip() for line in plain.split("\n"))
    plain = re.sub(r"=\n", "", plain).replace("=3D", "=")  # quoted-printable, as the email came
    return plain.replace("\u00a0", " ").replace("\u200b", "")


def _key_at(text: str) -> SshPublicKey | None:
    """Return the key at the beginning of wrapped base64; the key shows where it ends, and a comment may follow."""
    run = re.sub(r"\s+", "", text).partition("=")[0]
    return first_key(decoded(run[:-1] if len(run) % 4 == 1 else run, strict=False) or b"")


def _key_in_pem(pem: str) -> SshPublicKey | None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

    try:
        line = load_pem_public_key(pem.encode()).public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key_of(decoded(line.decode().split()[1]), "")
