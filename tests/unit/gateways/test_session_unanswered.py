"""Logins whose answer is lost, or that are cancelled: each may have been refused, so it counts once it was sent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator

import pytest
from starlette.responses import Response

from cxr_tui.domain.errors import LoginBudgetSpentError, LoginRefusedError, LoginUnansweredError, UnreachableError
from cxr_tui.domain.login_endings import one_command
from cxr_tui.gateways.rest.login_limit import LoginLimit
from support.servers.real_parts import LOOPBACK, Service, free_port, ok, raw_server
from support.worlds.login_setting import TOKEN, WRONG, Bench, bench_at


@pytest.fixture
async def bench(service: Service) -> AsyncIterator[Bench]:
    async with bench_at(service) as made:
        yield made


def cut_off() -> Response:
    """Return an answer that announces more than it sends, so that the line ends in its middle."""
    return Response(b'{"errorCode":', 400, {"content-length": "1000"})


async def test_a_login_whose_answer_was_lost_is_not_repeated_within_a_command(bench: Bench) -> None:
    bench.service.answers[TOKEN] = cut_off()
    gateway = bench.gateway()
    for logins in (1, 2, 3):
        with one_command():
            for ask in (gateway.user_info, gateway.lists, gateway.login):
                with pytest.raises(LoginUnansweredError):
                    await ask()
        assert bench.logins == logins
    with one_command(), pytest.raises(LoginBudgetSpentError, match=r"^3 ended without a clear answer"):
        await gateway.login()
    assert (bench.logins, bench.refusals_told) == (3, 0)


async def test_a_refused_login_and_lost_answers_count_together(bench: Bench) -> None:
    bench.service.answers[TOKEN] = [cut_off(), WRONG, cut_off(), WRONG]
    gateway = bench.gateway()
    for kind in (LoginUnansweredError, LoginRefusedError, LoginUnansweredError, LoginBudgetSpentError):
        with pytest.raises(kind):
            await gateway.login()
    assert bench.logins == 3


async def test_an_accepted_login_forgets_what_went_wrong_before(bench: Bench) -> None:
    good = ok(bench.service.answers[TOKEN])
    bench.service.answers[TOKEN] = [cut_off(), cut_off(), good, cut_off()]
    gateway = bench.gateway()
    for _ in range(2):
        with pytest.raises(LoginUnansweredError):
            await gateway.login()
    await gateway.login()
    await gateway.close()
    for _ in range(3):
        with pytest.raises(LoginUnansweredError):
            await gateway.login()
    assert bench.logins == 6


async def test_a_login_that_is_given_up_counts_and_one_that_was_never_sent_does_not(bench: Bench) -> None:
    with raw_server(lambda _: time.sleep(0.5)) as port:
        gateway = bench.gateway(login_url=f"http://127.0.0.1:{port}")
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(gateway.login(), 0.2)
        with pytest.raises(LoginBudgetSpentError):
            await gateway.login()
    refused = bench.gateway(login_url=f"http://127.0.0.1:{free_port()}")
    for _ in range(5):
        with pytest.raises(UnreachableError) as caught:
            await refused.login()
        assert not isinstance(caught.value, LoginUnansweredError)


async def test_a_login_that_is_cancelled_before_it_is_sent_does_not_count(bench: Bench) -> None:
    limit = LoginLimit()
    with contextlib.ExitStack() as sockets:
        full = sockets.enter_context(socket.socket())
        full.bind((LOOPBACK, 0))
        full.listen(0)
        for _ in range(8):  # nobody accepts them, so the next connection is not made
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        gateway = bench.gateway(login_url=f"http://{LOOPBACK}:{full.getsockname()[1]}", limit=limit)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(gateway.login(), 0.05)
    assert limit.spent() == (0, 0, 0)


async def test_a_journal_that_cannot_be_written_does_not_swallow_a_cancellation(bench: Bench) -> None:
    class Broken(LoginLimit):
        def unanswered(self) -> None:
            raise RuntimeError("disk full")

    def silent(line: socket.socket) -> None:
        while line.recv(4096):
            arrived.set()

    arrived = threading.Event()
    with raw_server(silent) as port:
        task = asyncio.ensure_future(bench.gateway(login_url=f"http://{LOOPBACK}:{port}", limit=Broken()).login())
        await asyncio.to_thread(arrived.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
