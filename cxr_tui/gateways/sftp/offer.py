"""What an SSH server offers before anybody logs in: its version and its lists of algorithms (RFC 4253, 4.2 and 7.1)."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass

import paramiko

from cxr_tui.domain.errors import MalformedError, Reach, UnreachableError
from cxr_tui.domain.text import visible

_OUR_BANNER = b"SSH-2.0-cxr_tui\r\n"
_KEXINIT = 20
_COOKIE = 16
_LONGEST_PACKET = 35_000
_MOST_LINES = 50
"""A server may say other lines before its banner."""


@dataclass(frozen=True)
class SshOffer:
    """A server's banner and algorithms, and which of each kind this program knows as well."""

    banner: str
    exchanges: tuple[str, ...]
    host_keys: tuple[str, ...]
    ciphers: tuple[str, ...]

    def shared(self) -> dict[str, tuple[str, ...]]:
        """Return, by kind, what both sides know, in the order of this side, which decides (RFC 4253, 7.1)."""
        near, far = socket.socketpair()
        with near, far:
            transport = paramiko.Transport(near)
            ours = transport.get_security_options()
            kinds = {
                "key exchange": (ours.kex, self.exchanges),
                "host key": (ours.key_types, self.host_keys),
                "cipher": (ours.ciphers, self.ciphers),
            }
            transport.close()
        return {kind: tuple(one for one in known if one in offered) for kind, (known, offered) in kinds.items()}


async def ssh_offer(host: str, port: int, limit_seconds: float = 10.0) -> SshOffer:
    """Return what the server offers; nothing secret is sent. Raises UnreachableError, MalformedError."""
    where = f"{visible(host, 100)}:{port}"
    try:
        async with asyncio.timeout(limit_seconds):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(_OUR_BANNER)
                banner = await _banner(reader, where)
                return _read(banner, await _packet(reader, where), where)
            finally:
                writer.close()
    except TimeoutError:
        raise UnreachableError(Reach.TIMEOUT, where, "no answer in time") from None
    except asyncio.IncompleteReadError:
        raise UnreachableError(Reach.CUT, where, "the connection was cut") from None
    except ConnectionRefusedError:
        raise UnreachableError(Reach.REFUSED, where, "the port refuses connections") from None
    except (socket.gaierror, UnicodeError):
        raise UnreachableError(Reach.DNS, where, "the name does not resolve") from None
    except OSError as error:
        raise UnreachableError(Reach.CUT, where, visible(str(error))) from None


async def _banner(reader: asyncio.StreamReader, where: str) -> str:
    for _ in range(_MOST_LINES):
        try:
            line = await reader.readline()
        except ValueError:  # longer than the reader takes
            break
        if line.startswith(b"SSH-"):
            return visible(line.decode("ascii", "replace").strip(), 100)
        if not line:
            break
    raise MalformedError(f"{where} does not answer as an SSH server")


async def _packet(reader: asyncio.StreamReader, where: str) -> bytes:
    length = int.from_bytes(await reader.readexactly(4), "big")
    if not 2 <= length <= _LONGEST_PACKET:
        raise MalformedError(f"{where} sent a packet of {length} bytes")
    packet = await reader.readexactly(length)
    return packet[1 : length - packet[0]]


def _read(banner: str, payload: bytes, where: str) -> SshOffer:
    if not payload or payload[0] != _KEXINIT:
        raise MalformedError(f"{where} did not say which algorithms it knows")
    message = paramiko.Message(payload[1 + _COOKIE :])
    exchanges, host_keys, ciphers = (tuple(message.get_list()) for _ in range(3))
    return SshOffer(banner, exchanges, host_keys, ciphers)
