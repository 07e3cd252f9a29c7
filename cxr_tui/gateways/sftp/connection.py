"""An SSH connection to the file server, blocking: host key, comparison, login, SFTP, strictly in this order."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import paramiko

from cxr_tui.domain.errors import (
    Flaw,
    HostKeyChangedError,
    HostKeyUnconfirmedError,
    MalformedError,
    OutsideError,
    Reach,
    SftpLoginError,
    UnreachableError,
)
from cxr_tui.domain.ssh_public_key import HostKey
from cxr_tui.domain.text import visible
from cxr_tui.gateways.sftp.channel import SftpChannel

BROKEN = (OSError, EOFError, paramiko.SSHException, paramiko.SFTPError, struct.error, IndexError, UnicodeError)
"""The library's errors for lost connections and malformed answers."""

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # its thread logs errors that are raised here anyway

KEEPALIVE_SECONDS = 15
_HOST_KEY_KINDS = (
    ("ssh-ed25519",),
    ("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"),
    ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"),
)
"""A server usually has one key of each kind, and the confirmed fingerprint may belong to any of them."""
_SHA1_RSA, _SHA2_RSA = "ssh-rsa", ("rsa-sha2-256", "rsa-sha2-512")
"""Signatures of RSA keys (RFC 8332); the first is also the type name of RSA keys."""
_SHOWN = 8
_WINDOW_BYTES = 16 * 1024 * 1024
"""How much the server may send ahead; 1 Gbit/s with a round trip of 80 ms holds 10 MB."""
_FAST_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
"""Preferred, because the processor limits the speed, and these are the fastest."""


@dataclass(frozen=True)
class SshLimits:
    """Time limits in seconds: to connect, for banner, handshake and login, and of one silence."""

    connect: float = 10.0
    handshake: float = 20.0
    silent: float = 30.0


class SshConnection:
    """A connection that another thread may close at any moment, even before it is open."""

    def __init__(self, host: str, port: int, limits: SshLimits) -> None:
        self._host = host
        self._port = port
        self._limits = limits
        self.where = f"{visible(host, 100)}:{port}"
        self._closed = threading.Event()
        self._socket: socket.socket | None = None
        self._transport: paramiko.Transport | None = None
        self._sftp: paramiko.SFTPClient | None = None

    def meet(self, pinned: str) -> HostKey:
        """Connect and return the host key, which the server proves to have; no login. UnreachableError.

        The server is asked for other kinds of key until it shows the pinned one. If it has no such key, the connection
        is of no use, and the first key is returned.
        """
        first = self._show_key(())
        if not pinned or first.in_form_of(pinned) == pinned:
            return first
        for kinds in _HOST_KEY_KINDS:
            if first.kind not in kinds:
                with contextlib.suppress(UnreachableError):  # the server has no key of this kind
                    other = self._show_key(kinds)
                    if other.in_form_of(pinned) == pinned:
                        return other
        return first

    def log_in(self, user: str, key: paramiko.PKey) -> None:
        """Log in with this key only, and start SFTP; SftpLoginError."""
        transport = self._transport
        if transport is None:
            raise RuntimeError("the host key is compared first")
        kind, known = key.get_name(), (key.get_name(), key.get_bits(), visible(key.fingerprint, 60))
        tried = f"user {visible(user, 100)}, key {kind} {key.get_bits()} bit {visible(key.fingerprint, 60)}"
        try:
            still_wanted = transport.auth_publickey(user, key)
        except paramiko.BadAuthenticationType as error:
            text = f"{self.where} accepts no keys from this user, only {_listed(error.allowed_types)} ({tried})"
            raise SftpLoginError(text, *known, flaw=Flaw.SFTP_NO_KEYS) from None
        except paramiko.AuthenticationException as error:
            taken = _signatures_taken(transport)
            if kind == _SHA1_RSA and _SHA1_RSA in taken and not taken & set(_SHA2_RSA):
                text = f"{self.where} accepts only SHA-1 signatures ({_SHA1_RSA}) from RSA keys ({tried})"
                raise SftpLoginError(text, *known, flaw=Flaw.SSH_TOO_OLD) from None
            if taken and not taken & {kind, *(_SHA2_RSA if kind == _SHA1_RSA else ())}:
                text = f"{self.where} accepts no {kind} keys, only {_listed(sorted(taken))} ({tried})"
                raise SftpLoginError(text, *known, flaw=Flaw.SFTP_KEY_KIND) from None
            closed = "" if transport.is_active() else f" and closed the connection: {visible(str(error), 100)}"
            raise SftpLoginError(f"{self.where} refused the key{closed} ({tried})", *known) from None
        except BROKEN as error:
            raise self.lost(error) from None
        if still_wanted:
            text = f"{self.where} accepts the key and asks for more: {_listed(still_wanted)} ({tried})"
            raise SftpLoginError(text, *known, flaw=Flaw.SFTP_SECOND_FACTOR)
        transport.set_keepalive(KEEPALIVE_SECONDS)
        self._sftp = self._start_sftp(transport)

    @property
    def usable(self) -> bool:
        """Whether SFTP calls can be made."""
        channel = self._sftp.get_channel() if self._sftp is not None else None
        if channel is None or channel.closed or self._transport is None:
            return False
        return self._transport.is_active()

    def files(self) -> paramiko.SFTPClient:
        """Return the client for SFTP calls; EOFError if the connection is lost."""
        if self._sftp is None or not self.usable:
            raise EOFError("the connection is lost")
        return self._sftp

    def lost(self, error: Exception) -> OutsideError:
        """Return the error for a lost connection or malformed data."""
        words = visible(str(error) or type(error).__name__)
        if isinstance(error, (paramiko.SFTPError, struct.error, IndexError, UnicodeError)):
            return MalformedError(f"{self.where} violates the SFTP protocol: {words}", flaw=Flaw.SFTP_BROKEN)
        if isinstance(error, paramiko.ssh_exception.IncompatiblePeer):
            # paramiko 5 no longer supports SHA-1, neither for keys nor for the key exchange
            text = f"no common encryption: {words}"
            return UnreachableError(Reach.TLS, self.where, text, flaw=Flaw.SSH_TOO_OLD)
        if isinstance(error, TimeoutError) or "timeout" in words.lower() or "timed out" in words.lower():
            return UnreachableError(Reach.TIMEOUT, self.where, "no answer in time")
        if "banner" in words.lower():
            return UnreachableError(
                Reach.CUT, self.where, f"this is not an SSH server, or it closed the connection: {words}"
            )
        return UnreachableError(Reach.CUT, self.where, f"the connection was cut: {words}")

    def close(self) -> None:
        """Close everything; a thread that uses the connection gets an error."""
        self._closed.set()
        self._close_current()

    def _close_current(self) -> None:
        for one in (self._sftp, self._transport, self._socket):
            # closing a lost connection may fail, and the rest must be closed anyway
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                if one is not None:
                    one.close()

    def _show_key(self, kinds: tuple[str, ...]) -> HostKey:
        """Connect and return the host key; `kinds` limits the requested kinds of key, if there are any."""
        self._close_current()
        transport = self._connect()
        if kinds:
            options = transport.get_security_options()
            options.key_types = tuple(kind for kind in options.key_types if kind in kinds)
        try:
            key = self._handshake(transport)
        except BROKEN as error:
            raise self.lost(error) from None
        return HostKey.of(key.get_name(), key.asbytes())

    def _connect(self) -> paramiko.Transport:
        limits = self._limits
        try:
            self._socket = socket.create_connection((self._host, self._port), limits.connect)
        except socket.gaierror as error:
            words = visible(error.strerror or str(error))
            raise UnreachableError(Reach.DNS, self.where, f"the name does not resolve: {words}") from None
        except (UnicodeError, OverflowError):
            raise UnreachableError(Reach.DNS, self.where, "this is not a valid address") from None
        except TimeoutError:
            raise UnreachableError(Reach.TIMEOUT, self.where, "no answer in time") from None
        except OSError as error:
            words = visible(error.strerror or str(error))
            raise UnreachableError(Reach.REFUSED, self.where, words) from None
        self._transport = transport = paramiko.Transport(self._socket)
        if self._closed.is_set():
            self.close()
            raise UnreachableError(Reach.CUT, self.where, "canceled")
        transport.banner_timeout = limits.handshake
        transport.handshake_timeout = limits.handshake
        transport.auth_timeout = limits.handshake
        transport.channel_timeout = limits.handshake
        options = transport.get_security_options()
        fast = tuple(cipher for cipher in _FAST_CIPHERS if cipher in options.ciphers)
        options.ciphers = fast + tuple(cipher for cipher in options.ciphers if cipher not in fast)
        return transport

    def _handshake(self, transport: paramiko.Transport) -> paramiko.PKey:
        transport.start_client(timeout=self._limits.handshake)
        try:
            return transport.get_remote_server_key()
        except paramiko.SSHException:  # a timeout, which `start_client` does not report
            raise TimeoutError from None

    def _start_sftp(self, transport: paramiko.Transport) -> paramiko.SFTPClient:
        """Start SFTP in a session; SftpLoginError if the server accepts the user and offers no SFTP."""
        try:
            session = transport.open_session(window_size=_WINDOW_BYTES)
            session.settimeout(self._limits.silent)
            session.invoke_subsystem("sftp")
            return paramiko.SFTPClient(cast("paramiko.Channel", SftpChannel(session)))
        except BROKEN as error:
            ended = isinstance(error, (paramiko.SSHException, OSError)) and not isinstance(error, TimeoutError)
            if not ended or not transport.is_active() or transport.get_exception() is not None:
                raise self.lost(error) from None
            text = f"{self.where} accepts the user and offers no SFTP"
            raise SftpLoginError(text, flaw=Flaw.SFTP_NOT_OFFERED) from None


def _signatures_taken(transport: paramiko.Transport) -> set[str]:
    """Return the signatures that the server announces (RFC 8308, 3.1); empty if it announces none."""
    extensions: dict[str, bytes] = getattr(transport, "server_extensions", {})  # public, but not in its types
    listed = extensions.get("server-sig-algs", b"")
    return {visible(name, 60) for name in listed.decode("ascii", "replace").split(",") if name}


def _listed(names: Sequence[str]) -> str:
    return ", ".join(visible(name, 60) for name in names[:_SHOWN])


def compare(shown: HostKey, pinned: str) -> None:
    """Compare a host key with the confirmed fingerprint; HostKeyUnconfirmedError, HostKeyChangedError."""
    if not pinned:
        raise HostKeyUnconfirmedError(shown.kind, shown.fingerprint)
    if shown.in_form_of(pinned) != pinned:
        raise HostKeyChangedError(pinned, shown.in_form_of(pinned))
