"""A file of the file server, over a real OpenSSH server: streamed, taken up again, never written."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import paramiko
import pytest

from cxr_tui.domain.errors import Reach, RemotePathError, UnreachableError
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.gateways.sftp.channel import SftpChannel
from cxr_tui.gateways.sftp.client import SftpFileServer
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.preflight.reading.source import TRIES
from cxr_tui.preflight.runner import preflight
from support.gpg_keys import GpgBench, gpg_bench
from support.preflight_files import HEADER, Case
from support.processes.resource_limits import bounded
from support.reference_reader import write
from support.servers.real_parts import LOOPBACK, SshServer, openssh_server
from support.worlds.scripted_world import ScriptedFileServer

GOOD = ["C1", "a@b.co", "H", "491701234567", "DE", "Rome", "2026-01-01 10:00:00", "Anna", "1", "1.5"]
TEXT = write([HEADER, *([str(number), *GOOD] for number in range(30_000))], delimiter=",")
CASE = Case(TEXT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with openssh_server(tmp_path_factory.mktemp("ssh") / "s") as running:
        yield running


@pytest.fixture(scope="module")
def bench() -> Iterator[GpgBench]:
    with gpg_bench() as made:
        made.add(made.make("ours", "rsa2048", "sign"), "rsa2048")
        yield made


def gateway(server: SshServer, port: int | None = None) -> SftpFileServer:
    return SftpFileServer(LOOPBACK, port or server.port, server.user, server.key, None, server.fingerprint)


async def flown(server: SshServer, name: str, key: SecretKey | None = None, port: int = 0) -> int:
    """Preflight one file and return its number of records."""
    file_server = gateway(server, port or None)
    try:
        answer = await preflight(f"sftp:{server.folder / name}", CASE.plan(), file_server, lambda _: None, key)
        assert answer.complete, answer.findings
        return answer.rows
    finally:
        await file_server.close()


@pytest.mark.parametrize("gentle", [False, True])
async def test_a_file_comes_whole_from_any_offset(server: SshServer, gentle: bool) -> None:
    content = os.urandom(3_000_017)
    (server.folder / "noise").write_bytes(content)
    file_server = gateway(server)
    for offset in (0, 1, 2_999_999, len(content), len(content) + 5):
        got: list[bytes] = []
        await file_server.stream(str(server.folder / "noise"), got.append, offset, gentle=gentle)
        assert b"".join(got) == content[offset:]
    with pytest.raises(RemotePathError, match="does not exist"):
        await file_server.stream(str(server.folder / "none"), got.append)


async def test_a_reader_who_is_slow_holds_the_sender_back(server: SshServer) -> None:
    """No more comes than two windows and what the channel lets through, however long the reader takes."""
    (server.folder / "noise").write_bytes(os.urandom(64_000_000))
    took = 0

    def take(block: bytes) -> None:
        nonlocal took
        took += len(block)

    with bounded(seconds=30, megabytes=40):
        await gateway(server).stream(str(server.folder / "noise"), take)
    assert took == 64_000_000


async def test_a_file_that_shrinks_meanwhile_is_said(server: SshServer) -> None:
    path = server.folder / "shrinking"
    path.write_bytes(os.urandom(40_000_000))

    def take(_: bytes) -> None:
        if path.stat().st_size > 1000:
            os.truncate(path, 1000)

    with pytest.raises(RemotePathError, match="shorter"):
        await gateway(server).stream(str(path), take)


async def test_an_encrypted_file_is_judged_while_it_comes(server: SshServer, bench: GpgBench) -> None:
    (server.folder / "c.gpg").write_bytes(bench.encrypted(TEXT, "--recipient", "ours@example.com"))
    assert await flown(server, "c.gpg", SecretKey(bench.home)) == 30_000


async def test_a_plain_file_goes_on_over_a_line_that_is_cut(server: SshServer) -> None:
    (server.folder / "c.csv").write_bytes(TEXT)
    with cutting_proxy(server.port, after=1_000_000) as port:
        assert await flown(server, "c.csv", port=port) == 30_000


class Closing:
    """Stands in for a channel that closes while it is waited for; the moment cannot be had from a real one."""

    def send(self, _: bytes) -> int:
        return 0


def test_a_line_that_is_cut_while_a_request_is_sent_is_not_the_end_of_the_file() -> None:
    with pytest.raises(OSError, match="closed"):
        SftpChannel(cast("paramiko.Channel", Closing())).send(b"a request")


async def test_an_encrypted_file_goes_on_over_a_line_that_is_cut(
    server: SshServer, bench: GpgBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bench.encrypted(TEXT, "--recipient", "ours@example.com", "--compress-algo", "none")
    (server.folder / "cut.gpg").write_bytes(content)
    offsets: list[int] = []
    stream = SftpFileServer.stream

    async def noted(
        self: SftpFileServer, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False
    ) -> None:
        offsets.append(offset)
        await stream(self, path, take, offset, gentle=gentle)

    monkeypatch.setattr(SftpFileServer, "stream", noted)
    with cutting_proxy(server.port, after=len(content) // 4) as port:
        assert await flown(server, "cut.gpg", SecretKey(bench.home), port) == 30_000
    assert offsets[0] == 0
    assert len(offsets) == 3  # cut twice
    assert 0 < offsets[1] <= offsets[2] < len(content)


@contextmanager
def cutting_proxy(target: int, after: int, cuts: int = 2) -> Iterator[int]:
    """Pass connections on, and cut the first ones off after so many bytes from the server."""
    listening = socket.create_server((LOOPBACK, 0))
    left = cuts

    def serve() -> None:
        nonlocal left
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            server = socket.create_connection((LOOPBACK, target))
            threading.Thread(target=carry, args=(client, server, 1 << 60), daemon=True).start()
            threading.Thread(target=carry, args=(server, client, after if left > 0 else 1 << 60), daemon=True).start()

    def carry(source: socket.socket, sink: socket.socket, limit: int) -> None:
        nonlocal left
        with suppress(OSError):
            while limit > 0 and (data := source.recv(65536)):
                limit -= len(data)
                sink.sendall(data)
        if limit <= 0:
            left -= 1
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


class Flaky(ScriptedFileServer):
    """A file server whose line breaks after so many blocks, a number of times."""

    def __init__(self, content: bytes, breaks: int, every: int = 40_000) -> None:
        super().__init__()
        self.content = content
        self.breaks = breaks
        self.every = every
        self.offsets: list[int] = []
        self.gentle: list[bool] = []
        self.found: RemoteFile | None = None

    async def stat(self, path: str) -> RemoteFile | None:
        return self.found or RemoteFile("c.gpg", path, len(self.content), datetime(2026, 1, 1, tzinfo=UTC))

    async def read(self, path: str, limit: int) -> bytes:
        return self.content[:limit]

    async def stream(self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False) -> None:
        self.offsets.append(offset)
        self.gentle.append(gentle)
        end = len(self.content) if self.breaks == 0 else min(len(self.content), offset + self.every)

        def give() -> None:
            for start in range(offset, end, 10_000):
                take(self.content[start : min(end, start + 10_000)])

        await asyncio.to_thread(give)
        if end < len(self.content):
            self.breaks -= 1
            raise UnreachableError(Reach.CUT, "here", "cut")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cxr_tui.preflight.reading.source._FIRST_WAIT", 0.001)


async def test_a_transfer_goes_on_where_it_broke(bench: GpgBench, quick: None) -> None:
    content = bench.encrypted(TEXT, "--recipient", "ours@example.com", "--compress-algo", "none")
    server = Flaky(content, 3)
    answer = await preflight("sftp:c.gpg", CASE.plan(), server, lambda _: None, SecretKey(bench.home))
    assert (answer.rows, answer.complete) == (30_000, True)
    assert server.offsets == [0, 40_000, 80_000, 120_000]


async def test_a_transfer_that_gets_stuck_asks_for_little_at_once_and_ends(bench: GpgBench, quick: None) -> None:
    content = bench.encrypted(TEXT, "--recipient", "ours@example.com", "--compress-algo", "none")

    class Stuck(Flaky):
        async def stream(
            self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False
        ) -> None:
            self.every = 0 if offset else self.every
            await super().stream(path, take, offset, gentle=gentle)

    server = Stuck(content, 1 + TRIES, every=50_000)
    with pytest.raises(UnreachableError):
        await preflight("sftp:c.gpg", CASE.plan(), server, lambda _: None, SecretKey(bench.home))
    assert server.offsets == [0] + [50_000] * TRIES
    assert server.gentle[-1]


async def test_a_file_that_changed_meanwhile_is_not_trusted(bench: GpgBench) -> None:
    content = bench.encrypted(TEXT, "--recipient", "ours@example.com")

    class Changing(Flaky):
        async def stat(self, path: str) -> RemoteFile | None:
            found = await super().stat(path)
            return replace(found, size=len(content) + 1) if found is not None and self.offsets else found

    with pytest.raises(RemotePathError, match="changed"):
        await preflight("sftp:c.gpg", CASE.plan(), Changing(content, 0), lambda _: None, SecretKey(bench.home))


async def test_a_file_of_unknown_size_is_not_taken_for_empty() -> None:
    server = Flaky(b"", 0)
    server.found = RemoteFile("c.gpg", "c.gpg", None, None)
    with pytest.raises(RemotePathError, match="does not report the size"):
        await preflight("sftp:c.gpg", CASE.plan(), server, lambda _: None)


async def test_a_path_that_is_not_there_and_a_server_that_is_not_set_up(server: SshServer) -> None:
    with pytest.raises(RemotePathError, match="does not exist"):
        await flown(server, "none.gpg")
    with pytest.raises(RemotePathError, match="is a folder"):
        await flown(server, ".")
    with pytest.raises(RemotePathError, match="no file server"):
        await preflight("sftp:x", CASE.plan(), None, lambda _: None)


async def test_cancelling_ends_transfer_and_gpg(bench: GpgBench) -> None:
    content = bench.encrypted(TEXT, "--recipient", "ours@example.com", "--compress-algo", "none")

    class Endless(Flaky):
        async def stream(
            self, path: str, take: Callable[[bytes], None], offset: int = 0, *, gentle: bool = False
        ) -> None:
            await asyncio.to_thread(take, self.content[:40_000])
            await asyncio.sleep(3600)

    flying = asyncio.create_task(
        preflight("sftp:c.gpg", CASE.plan(), Endless(content, 0), lambda _: None, SecretKey(bench.home))
    )
    await asyncio.sleep(1.0)
    flying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await flying
    until = time.monotonic() + 20  # a thread ends a moment after it was told to
    while working := {one.name for one in threading.enumerate() if one.name.startswith(("gpg-", "preflight"))}:
        assert time.monotonic() < until, working
        await asyncio.sleep(0.02)
