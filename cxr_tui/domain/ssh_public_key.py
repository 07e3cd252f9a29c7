"""SSH public keys (RFC 4253, 6.6) and their fingerprints, in all usual notations."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cxr_tui.domain.text import visible

_OCTETS = {"MD5": 16, "SHA256": 32}
"""Sizes of the two kinds of fingerprints in use."""
_PREFIXED = re.compile(r"(MD5|SHA)-?(\d*):(.*)", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{2}(?:[:-]?[0-9a-f]{2})+", re.IGNORECASE)
_SHA1_DIGITS = 40
_KEY_BEGINS = "AAAA"
"""A key begins with the length of its algorithm's name, which has this base64."""
_ALGORITHM = re.compile(rb"[a-z0-9@.-]{3,64}")
_PARTS = {b"ssh-rsa": 3, b"ssh-dss": 5, b"ssh-ed25519": 2}
"""How many parts a key has, with its algorithm."""
_HOST = re.compile(r"(?:[a-z]+://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?/?", re.IGNORECASE)
_SSH2_BEGIN, _SSH2_END = "---- BEGIN SSH2 PUBLIC KEY ----", "---- END SSH2 PUBLIC KEY ----"
_SSH2_LINE = 70
_SSH2_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9@._-]{0,63}:\s")
_WANTED = (
    "Enter the fingerprint of the server's host key as SHA256:... or MD5:..., or the host key itself in one line "
    "(ssh-ed25519 AAAA...)."
)


class NoFingerprintError(ValueError):
    """A text that does not name exactly one host key; the message says what it is, and what to enter."""


@dataclass(frozen=True)
class SshPublicKey:
    """A public key: algorithm such as `ssh-rsa`, the key as SSH sends it, size in bits (0: not known), comment."""

    algorithm: str
    blob: bytes
    bits: int
    comment: str = ""

    @property
    def fingerprint(self) -> str:
        """Return the SHA256 fingerprint in OpenSSH's form."""
        return _in_openssh_form("SHA256", hashlib.sha256(self.blob).digest())

    def one_line(self) -> str:
        """Return the key in OpenSSH's form: algorithm, base64, comment."""
        return f"{self.algorithm} {base64.b64encode(self.blob).decode()} {self.comment}".rstrip()


@dataclass(frozen=True)
class HostKey:
    """A server's host key: algorithm, and its fingerprints in OpenSSH's form."""

    kind: str
    fingerprint: str
    md5: str

    @classmethod
    def of(cls, kind: str, blob: bytes) -> HostKey:
        """Return the host key that SSH sends as `blob`."""
        md5 = hashlib.md5(blob, usedforsecurity=False).digest()
        return cls(kind, _in_openssh_form("SHA256", hashlib.sha256(blob).digest()), _in_openssh_form("MD5", md5))

    def in_form_of(self, fingerprint: str) -> str:
        """Return this key's fingerprint of the same kind as another one, for comparison."""
        return self.md5 if fingerprint.startswith("MD5:") else self.fingerprint


def fingerprint_in(text: str) -> str:
    """Return the fingerprint that a text names in OpenSSH's form (`SHA256:...` or `MD5:...`); NoFingerprintError.

    Both kinds are read with and without their prefix, in hexadecimal and base64, within a line of `ssh-keygen -l`,
    PuTTY or WinSCP, and as the public key itself, alone or within a line of known_hosts.
    """
    if "PRIVATE KEY" in text or "PuTTY-User-Key-File" in text:
        raise NoFingerprintError(f"This is a private key, which only its owner may have. {_WANTED}")
    words = text.split()
    if all(re.fullmatch("[0-9A-Fa-f]{2}", word) for word in words):
        words = [":".join(words)]  # some programs print spaces between the bytes
    found = {fingerprint for word in words if (fingerprint := _read(word))}
    # A line with both kinds names one key twice.
    best = {fingerprint for fingerprint in found if fingerprint.startswith("SHA256:")} or found
    if len(best) > 1:
        raise NoFingerprintError(f"This names {len(best)} different keys. {_WANTED}")
    if not best:
        raise NoFingerprintError(f"{_described(text.strip())} {_WANTED}")
    return best.pop()


def confirmed_fingerprint(text: str) -> str:
    """Return the fingerprint in a text; empty if there is none, so that no key is confirmed."""
    try:
        return fingerprint_in(text)
    except NoFingerprintError:
        return ""


def _read(word: str) -> str:
    """Return the fingerprint that a word is or whose key it is; empty if it is neither."""
    if word.startswith(_KEY_BEGINS) and len(word) > 2 * _OCTETS["SHA256"]:
        key = key_of(decoded(word), "")
        return "" if key is None or "-cert-" in key.algorithm else key.fingerprint
    prefixed = _PREFIXED.fullmatch(word)
    bare = prefixed[3] if prefixed else word
    in_hex = _HEX.fullmatch(bare) is not None
    digest = bytes.fromhex(re.sub("[:-]", "", bare)) if in_hex else decoded(bare, strict=False) or b""
    for kind, size in _OCTETS.items():
        # MD5 is never written in base64, and many words have that length.
        right = len(digest) == size and (in_hex or kind == "SHA256")
        if right and (not prefixed or kind == f"{prefixed[1]}{prefixed[2]}".upper()):
            return _in_openssh_form(kind, digest)
    return ""


def _described(text: str) -> str:
    """Return a sentence that describes a text without a key."""
    if "-cert-v0" in text:
        return "This is a certificate, not the host key itself."
    if any(word.startswith(_KEY_BEGINS) for word in text.split()):
        return "This public key is cut off or damaged."
    prefixed = _PREFIXED.fullmatch(text)
    kind = f"{prefixed[1]}{prefixed[2]}".upper() if prefixed else ""
    if kind in _OCTETS:
        whole = "43 characters or 64 hexadecimal digits" if kind == "SHA256" else "32 hexadecimal digits"
        return f"This {kind} fingerprint is damaged: it should have {whole}."
    if kind:
        return f"{kind} fingerprints cannot be compared here."
    digits = re.sub(r"[:\s-]", "", text)
    if _HEX.fullmatch(digits) and len(digits) == _SHA1_DIGITS:
        return "This is the fingerprint of an OpenPGP key, or one that SSH programs do not show (SHA-1)."
    if _HEX.fullmatch(digits):
        return f"This has {len(digits)} hexadecimal digits; a SHA256 fingerprint has 64, an MD5 fingerprint has 32."
    if _HOST.fullmatch(text):
        return f'"{visible(text, 60)}" is the name of a server, not a fingerprint.'
    return f'"{visible(text, 60)}" is not a fingerprint.'


def _in_openssh_form(kind: str, digest: bytes) -> str:
    if kind == "MD5":
        return f"MD5:{digest.hex(':')}"
    return f"{kind}:{base64.b64encode(digest).decode().rstrip('=')}"


def key_of(blob: bytes | None, comment: str) -> SshPublicKey | None:
    """Return the key that these bytes are; None if they are not exactly one key."""
    key = first_key(blob or b"", comment)
    return key if key is not None and key.blob == blob else None


def first_key(data: bytes, comment: str = "") -> SshPublicKey | None:
    """Return the key at the beginning of these bytes (RFC 4253, 6.6); None if there is none.

    If the number of parts of its algorithm is not known, it ends with the bytes.
    """
    parts: list[bytes] = []
    end = 0
    while end < len(data) and (not parts or len(parts) != _PARTS.get(parts[0])):
        begin = end + 4
        end = begin + int.from_bytes(data[end:begin], "big")
        if max(begin, end) > len(data):
            return None
        parts.append(data[begin:end])
    if not parts or len(parts) != _PARTS.get(parts[0], len(parts)) or not _ALGORITHM.fullmatch(parts[0]):
        return None
    modulus = {b"ssh-rsa": 2, b"ssh-dss": 1}.get(parts[0])
    bits = 0 if modulus is None else int.from_bytes(parts[modulus], "big").bit_length()
    return SshPublicKey(parts[0].decode(), data[:end], bits, comment)


def from_openssh(text: str) -> SshPublicKey | None:
    """Return the key of a text with one line in OpenSSH's form, ignoring comment lines; None for any other text."""
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("#")]
    parts = lines[0].split(maxsplit=2) if len(lines) == 1 else []
    if len(parts) < 2 or not lines[0].startswith(parts[0]):
        return None
    key = key_of(decoded(parts[1]), parts[2] if len(parts) > 2 else "")
    return key if key is not None and key.algorithm == parts[0] and "-cert-" not in key.algorithm else None


def from_ssh2(text: str) -> SshPublicKey | None:
    """Return the key of a text in the exact form of RFC 4716; None for any other text."""
    lines = text.strip("\n").split("\n")
    if [lines[0].rstrip(), lines[-1].rstrip()] != [_SSH2_BEGIN, _SSH2_END] or any(len(line) > 72 + 2 for line in lines):
        return None
    body, comment = _split_headers(lines[1:-1])
    return key_of(decoded("".join(line.rstrip() for line in body)), comment)


def _split_headers(lines: list[str]) -> tuple[list[str], str]:
    """Return the base64 lines and the comment; a backslash at the end of a header continues it on the next line."""
    comment, rest = "", list(lines)
    while rest and _SSH2_HEADER.match(rest[0] + " "):
        header = rest.pop(0)
        while header.endswith("\\") and rest:
            header = header[:-1] + rest.pop(0)
        name, _, value = header.partition(":")
        if name.lower() == "comment":
            comment = value.strip().strip('"')
    return rest, comment


def in_ssh2_form(key: SshPublicKey) -> str:
    """Return a key as an SSH2 file (RFC 4716), lines of at most 72 characters."""
    text = base64.b64encode(key.blob).decode()
    comment = re.sub(r'[^ -~]|["\\]', "", key.comment)[:50]
    head = [_SSH2_BEGIN, f'Comment: "{comment}"'] if comment else [_SSH2_BEGIN]
    lines = [text[start : start + _SSH2_LINE] for start in range(0, len(text), _SSH2_LINE)]
    return "\n".join([*head, *lines, _SSH2_END]) + "\n"


def decoded(text: str, *, strict: bool = True) -> bytes | None:
    """Decode base64; None if the text is not base64. Padding may be missing unless `strict`."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(text if strict else bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
