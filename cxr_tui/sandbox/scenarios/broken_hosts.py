"""Hosts that cannot be reached, on this machine only."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_Answer: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

NOWHERE = "https://login5.responsys.invalid"
"""No name service resolves this domain (RFC 6761)."""

_kept: list[object] = []
"""Sockets and servers, open until this process ends."""


async def refusing_host(_: Sandbox) -> str:
    """Return the URL of a port of our own that refuses every connection, as a firewall does: bound, never listening."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.bind(("127.0.0.1", 0))
    _kept.append(bound)
    return f"https://127.0.0.1:{bound.getsockname()[1]}"


async def silent_host(_: Sandbox) -> str:
    """Return the URL of a host that takes a call and never answers."""

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65536):
            pass
        writer.close()

    return await _serving(say_nothing, "http", None)


async def distrusted_host(sandbox: Sandbox) -> str:
    """Return the URL of a company's proxy, with a self-signed certificate."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    return await _serving(hang_up, "https", await asyncio.to_thread(_self_signed, sandbox.clock.now()))


async def _serving(answer: _Answer, scheme: str, context: ssl.SSLContext | None) -> str:
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    _kept.append(server)
    return f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _self_signed(now: datetime) -> ssl.SSLContext:
    # imported here: every other sandbox starts without it
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proxy.acmeretail.example")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as directory:
        chain = Path(directory) / "proxy.pem"
        chain.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context.load_cert_chain(chain)
    return context
