"""Files that hold, or claim to hold, an SSH2 public key: what they are, and the key, mended where mail broke it.

RFC 4716 describes the SSH2 form. Everything here is a pure function over bytes.
"""

from __future__ import annotations

import base64
import html
import re
import struct
from dataclasses import dataclass
from enum import StrEnum

from cxr_tui.model.ssh_key import SshPublicKey, decoded, key_of

MIN_BITS = 1024
"""Responsys takes RSA and DSA keys of at least this many bits (facts B.9; documented)."""
SIZE_LIMIT = 100_000
"""No public key file is larger than this, in bytes."""

_BEGIN, _END = "---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----"
_LINE = 70
_ONE_LINE = re.compile(r"\b(ssh-[a-z0-9-]+|ecdsa-sha2-[a-z0-9-]+|sk-[a-z0-9@.-]+)\s+(AAAA[A-Za-z0-9+/=\s]+)")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9@._-]{0,63}:\s")


class Form(StrEnum):
    """What a file turned out to be."""

    SSH2 = "SSH2 public key (RFC 4716)"
    OPENSSH = "OpenSSH public key"
    MAIL_WRAPPED = "public key, broken on its way through the mail"
    PRIVATE = "private key"
    PUTTY = "PuTTY key file"
    HTML = "HTML page"
    EMPTY = "empty file"
    DAMAGED = "damaged public key"
    OTHER = "something else"


@dataclass(frozen=True)
class Reading:
    """What a file is, and the key in it where there is one."""

    form: Form
    key: SshPublicKey | None = None


def accepted(key: SshPublicKey) -> bool:
    """Say whether Responsys takes such a key."""
    return key.algorithm in ("ssh-rsa", "ssh-dss") and key.bits >= MIN_BITS


def ssh2_file(key: SshPublicKey) -> str:
    """Return a key as an SSH2 file (RFC 4716), lines of at most 72 characters."""
    text = base64.b64encode(key.blob).decode()
    comment = re.sub(r'[^ -~]|["\\]', "", key.comment)[:50]
    head = [_BEGIN, f'Comment: "{comment}"'] if comment else [_BEGIN]
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    return "\n".join([*head, *lines, _END]) + "\n"


def read_key_file(data: bytes) -> Reading:
    """Return what a file holds; never raises, whatever the bytes are."""
    text = data[:SIZE_LIMIT].decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        return Reading(Form.EMPTY)
    if re.search(r"BEGIN [A-Z0-9 ]*PRIVATE KEY", text):
        return Reading(Form.PRIVATE)
    if re.search(r"PuTTY-User-Key-File-\d", text):
        return Reading(Form.PUTTY)
    if "BEGIN SSH2 PUBLIC KEY" in text:
        return _read_ssh2(text)
    if _ONE_LINE.search(text):
        return _read_one_line(text)
    if re.search(r"<(!doctype|html|head|body)\b", text, re.IGNORECASE):
        return Reading(Form.HTML)
    return Reading(Form.OTHER)


def _read_ssh2(text: str) -> Reading:
    lines = text.strip("\n").split("\n")
    strict = _key_between(lines)
    if strict is not None:
        return Reading(Form.SSH2, strict)
    mended = _mended_ssh2(text)
    return Reading(Form.DAMAGED if mended is None else Form.MAIL_WRAPPED, mended)


def _key_between(lines: list[str]) -> SshPublicKey | None:
    """Return the key of a file that keeps to RFC 4716 exactly."""
    if [lines[0].rstrip(), lines[-1].rstrip()] != [_BEGIN, _END] or any(len(line) > 72 + 2 for line in lines):
        return None
    body, comment = _split_headers(lines[1:-1])
    return key_of(decoded("".join(line.rstrip() for line in body)), comment)


def _split_headers(lines: list[str]) -> tuple[list[str], str]:
    """Return the lines of base64 and the comment; a header line that ends with a backslash goes on in the next."""
    comment, rest = "", list(lines)
    while rest and _HEADER.match(rest[0] + " "):
        header = rest.pop(0)
        while header.endswith("\\") and rest:
            header = header[:-1] + rest.pop(0)
        name, _, value = header.partition(":")
        if name.lower() == "comment":
            comment = value.strip().strip('"')
    return rest, comment


def _mended_ssh2(text: str) -> SshPublicKey | None:
    """Return the key of an SSH2 file that a mail program has quoted, wrapped, joined or decorated."""
    plain = html.unescape(re.sub(r"<[^<>\n]{0,200}>", "\n", text))
    plain = "\n".join(re.sub(r"^[\s>|]+", "", line).rstrip() for line in plain.split("\n"))
    plain = re.sub(r"=\n", "", plain).replace("=3D", "=")  # quoted-printable, where the mail was saved as it came
    plain = plain.replace("\u00a0", " ").replace("\u200b", "")
    found = re.search(r"BEGIN SSH2 PUBLIC KEY\W*?-{2,4}(.*?)(?:-{2,4}\s*END SSH2 PUBLIC KEY|\Z)", plain, re.DOTALL)
    if found is None:
        return None
    inner = found.group(1)
    comment = re.search(r'(?im)^Comment:[ \t]*"?([^"\n]*)', inner)
    # An SSH key begins with the length of its algorithm's name, which is always written AAAA in base64.
    start = inner.find("AAAA")
    if start < 0:
        return None
    # Padding at a line's end looks like a soft line break of quoted-printable and is lost with those.
    body = re.sub(r"\s+", "", inner[start:])
    return key_of(decoded(body, strict=False), comment.group(1).strip() if comment else "")


def _read_one_line(text: str) -> Reading:
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    parts = lines[0].split(maxsplit=2) if lines else []  # there may be nothing but comments
    if len(lines) == 1 and len(parts) >= 2 and lines[0].startswith(parts[0]):
        key = key_of(decoded(parts[1]), parts[2] if len(parts) > 2 else "")
        if key is not None and key.algorithm == parts[0]:
            return Reading(Form.OPENSSH, key)
    key = _mended_one_line(text)
    return Reading(Form.DAMAGED if key is None else Form.MAIL_WRAPPED, key)


def _mended_one_line(text: str) -> SshPublicKey | None:
    """Return the key of an OpenSSH line that was wrapped or quoted; where its base64 ends, the key itself tells."""
    plain = "\n".join(re.sub(r"^[\s>|]+", "", line) for line in html.unescape(text).split("\n"))
    found = _ONE_LINE.search(plain)
    if found is None:
        return None
    algorithm, run = found.group(1), re.sub(r"\s+", "", found.group(2))
    length = _length_of_blob(run)
    key = None if length is None else key_of(decoded(run[: -(-length // 3) * 4]), "")
    return key if key is not None and key.algorithm == algorithm else None


def _length_of_blob(run: str) -> int | None:
    """Return how many bytes the RSA or DSA key takes whose base64 `run` begins with; what follows is a comment."""
    data = decoded(run[: len(run) // 4 * 4], strict=False)
    fields = {b"ssh-rsa": 3, b"ssh-dss": 5, b"ssh-ed25519": 2}
    place, count, wanted = 0, 0, 1
    while data is not None and count < wanted:
        if place + 4 > len(data):
            return None
        (size,) = struct.unpack_from(">I", data, place)
        if count == 0:
            wanted = fields.get(data[4 : 4 + size], 0)
        place, count = place + 4 + size, count + 1
    return place if data is not None and wanted and place <= len(data) else None
