"""Real TLS servers on loopback with certificates of every kind, good and bad, made here."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from support.servers.real_parts import LOOPBACK

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
ANY_LEVEL = "ALL:@SECLEVEL=0"
"""The server accepts everything that the client must refuse."""

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def new_key(rsa_bits: int = 0) -> Key:
    """Make a key: elliptic, or RSA of so many bits."""
    return rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Certificate:
    """A certificate, its key, and the certificates above it that a server sends along."""

    made: x509.Certificate
    key: Key
    chain: tuple[x509.Certificate, ...] = ()

    def pem(self) -> bytes:
        """Return the certificates alone, from this one up."""
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (self.made, *self.chain))

    def written(self, path: Path) -> Path:
        """Write everything that a server needs."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(self.pem() + key)
        return path


@dataclass(frozen=True)
class Authority:
    """A certificate authority."""

    own: Certificate

    def issue(
        self,
        *,
        names: tuple[str, ...] = ("localhost",),
        since: dt.datetime = NOW - DAY,
        until: dt.datetime = NOW + DAY,
        key: Key | None = None,
        is_authority: bool = False,
        purpose: x509.ObjectIdentifier | None = None,
        send_chain: bool = False,
    ) -> Certificate:
        """Sign a certificate with these properties."""
        key = key or new_key()
        made = _certificate(
            "issued", names, since, until, key, self.own.made.subject, self.own.key, is_authority, purpose
        )
        return Certificate(made, key, (self.own.made, *self.own.chain) if send_chain else ())


def authority(name: str = "Test authority") -> Authority:
    """Make an authority that vouches for itself."""
    key = new_key()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    return Authority(
        Certificate(_certificate(name, (), NOW - DAY, NOW + DAY, key, subject, key, is_authority=True), key)
    )


def self_signed(names: tuple[str, ...] = ("localhost",)) -> Certificate:
    """Make a server's certificate that vouches for itself."""
    key = new_key()
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issued")])
    return Certificate(_certificate("issued", names, NOW - DAY, NOW + DAY, key, subject, key, is_authority=False), key)


def _certificate(
    name: str,
    names: tuple[str, ...],
    since: dt.datetime,
    until: dt.datetime,
    key: Key,
    issuer: x509.Name,
    signer: Key,
    is_authority: bool,
    purpose: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), False)
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), False)
    return builder.sign(signer, hashes.SHA256())


@dataclass
class TlsServer:
    """A server that shows one certificate and answers 200 to whatever gets through to it."""

    port: int
    requests: int = 0
    """How many requests got through: what was sent after the certificate was shown."""


@contextlib.contextmanager
def tls_server(
    certificate: Path, highest: ssl.TLSVersion | None = None, ciphers: str = ANY_LEVEL
) -> Iterator[TlsServer]:
    """Run a TLS server on loopback; `highest` is the newest version that it speaks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)
    context.load_cert_chain(certificate)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    if highest is not None:
        context.maximum_version = highest
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                connection.settimeout(2)
                with connection, context.wrap_socket(connection, server_side=True) as line:
                    if line.recv(65_536):
                        server.requests += 1
                        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen()
        listener.settimeout(0.05)
        server = TlsServer(int(listener.getsockname()[1]))
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            ending.set()
            thread.join(5)
