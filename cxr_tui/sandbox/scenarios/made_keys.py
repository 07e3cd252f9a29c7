"""OpenPGP keys put together by hand, for keys that no careful program would make: weak, expired, revoked, boastful.

gpg makes none of those on request, or only one version of it does, so the packets are written here (RFC 4880).
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SIGN, ENCRYPT = 0x03, 0x0C
"""Key flags: certify and sign; encrypt messages and files."""
INTEGRITY, AEAD = 0x01, 0x02
"""Features: reads integrity-protected messages; reads AEAD messages as GnuPG 2.3 and newer make them."""

_PUBLIC_KEY, _SECRET_KEY, _USER_ID, _SIGNATURE = 6, 5, 13, 2
_POSITIVE_CERTIFICATION, _KEY_REVOCATION = 0x13, 0x20
_CRC_START, _CRC_POLYNOMIAL = 0xB704CE, 0x1864CFB


@dataclass(frozen=True)
class MadeKey:
    """An RSA key of version 4 whose self-signature says whatever is wanted."""

    user_id: str
    created: datetime
    bits: int = 2048
    flags: int = SIGN | ENCRYPT
    features: int = INTEGRITY
    lasts: timedelta | None = None
    """From the creation; None: it does not expire."""
    revoked: bool = False
    _private: list[rsa.RSAPrivateKey] = field(default_factory=list, init=False, repr=False)

    def public(self) -> bytes:
        """Return the armoured public key."""
        return _armoured("PUBLIC KEY BLOCK", self._block(_packet(_PUBLIC_KEY, self._body())))

    def private(self) -> bytes:
        """Return the armoured private key, without a passphrase."""
        numbers = self._key().private_numbers()
        p, q = sorted((numbers.p, numbers.q))
        parts = b"".join(_mpi(number) for number in (numbers.d, p, q, pow(p, -1, q)))
        secret = self._body() + b"\x00" + parts + (sum(parts) & 0xFFFF).to_bytes(2, "big")
        return _armoured("PRIVATE KEY BLOCK", self._block(_packet(_SECRET_KEY, secret)))

    def _block(self, key: bytes) -> bytes:
        user_id = self.user_id.encode()
        revocation = self._signature(_KEY_REVOCATION, b"") if self.revoked else b""
        named = b"\xb4" + len(user_id).to_bytes(4, "big") + user_id
        signature = self._signature(_POSITIVE_CERTIFICATION, named)
        return key + revocation + _packet(_USER_ID, user_id) + signature

    def _key(self) -> rsa.RSAPrivateKey:
        if not self._private:
            self._private.append(rsa.generate_private_key(65537, self.bits))
        return self._private[0]

    def _body(self) -> bytes:
        numbers = self._key().public_key().public_numbers()
        return b"\x04" + self._moment(self.created) + b"\x01" + _mpi(numbers.n) + _mpi(numbers.e)

    def _hashed(self) -> bytes:
        body = self._body()
        return b"\x99" + len(body).to_bytes(2, "big") + body

    def _signature(self, kind: int, over: bytes) -> bytes:
        fingerprint = hashlib.sha1(self._hashed(), usedforsecurity=False).digest()
        said = [(2, self._moment(self.created)), (33, b"\x04" + fingerprint)]
        if kind == _POSITIVE_CERTIFICATION:
            said += [(27, bytes([self.flags])), (30, bytes([self.features])), (11, bytes([9, 8, 7]))]
            if self.lasts is not None:
                said.append((9, int(self.lasts.total_seconds()).to_bytes(4, "big")))
        else:
            said.append((29, b"\x01replaced"))
        area = b"".join(bytes([len(content) + 1, number]) + content for number, content in said)
        head = bytes([4, kind, 1, 8]) + len(area).to_bytes(2, "big") + area
        signed = self._hashed() + over + head + b"\x04\xff" + len(head).to_bytes(4, "big")
        signature = self._key().sign(signed, padding.PKCS1v15(), hashes.SHA256())
        issuer = bytes([9, 16]) + fingerprint[-8:]
        tail = len(issuer).to_bytes(2, "big") + issuer + hashlib.sha256(signed).digest()[:2]
        return _packet(_SIGNATURE, head + tail + _mpi(int.from_bytes(signature, "big")))

    def _moment(self, moment: datetime) -> bytes:
        return int(moment.timestamp()).to_bytes(4, "big")


def _packet(tag: int, body: bytes) -> bytes:
    return bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body


def _mpi(number: int) -> bytes:
    return number.bit_length().to_bytes(2, "big") + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _armoured(kind: str, octets: bytes) -> bytes:
    text = base64.b64encode(octets).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    checksum = base64.b64encode(_crc24(octets).to_bytes(3, "big")).decode()
    block = [f"-----BEGIN PGP {kind}-----", "", *lines, f"={checksum}", f"-----END PGP {kind}-----", ""]
    return "\n".join(block).encode()


def _crc24(octets: bytes) -> int:
    crc = _CRC_START
    for octet in octets:
        crc ^= octet << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= _CRC_POLYNOMIAL
    return crc
