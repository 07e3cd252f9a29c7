"""Throttled and failing calls: what waits for the next minute, what is tried again once, and what never is."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from cxr_tui.domain.errors import NoAccessError, RefusedError, ServiceFaultError, ThrottledError
from support.servers.real_parts import Fault, Service, ok
from support.worlds.login_setting import INFO, TOKEN, USER, Bench, bench_at


@pytest.fixture
async def bench(service: Service) -> AsyncIterator[Bench]:
    async with bench_at(service) as made:
        yield made


async def test_throttled_calls_wait_for_the_minute(bench: Bench) -> None:
    limit = Fault(400, "API_LIMIT_EXCEEDED", "Limit", "Please try again in a minute.")
    bench.service.answers[INFO] = [limit, limit, ok(USER)]
    await bench.gateway().user_info()
    assert len(bench.slept) == 2
    assert 1 <= bench.slept[0] <= 61
    assert bench.slept[1] == 61


async def test_throttling_that_goes_on_is_said(bench: Bench) -> None:
    bench.service.answers[INFO] = Fault(400, "API_LIMIT_EXCEEDED")
    with pytest.raises(ThrottledError):
        await bench.gateway().user_info()
    assert bench.service.count(INFO) == 3


async def test_a_throttled_login_waits_too_and_is_no_refusal(bench: Bench) -> None:
    bench.service.answers[TOKEN] = [Fault(400, "API_LIMIT_EXCEEDED"), ok(bench.service.answers[TOKEN])]
    await bench.gateway().login()
    assert (bench.logins, bench.refusals_told, len(bench.slept)) == (2, 0, 1)


async def test_a_get_is_tried_again_once(bench: Bench) -> None:
    fault = Fault(503, "SERVICE_UNAVAILABLE")
    bench.service.answers[INFO] = [fault, ok(USER)]
    await bench.gateway().user_info()
    assert bench.slept == [1.0]
    bench.service.answers[INFO] = fault
    with pytest.raises(ServiceFaultError):
        await bench.gateway().user_info()
    assert bench.service.count(INFO) == 4


async def test_what_was_refused_is_not_tried_again(bench: Bench) -> None:
    bench.service.answers[INFO] = Fault(401, "INSUFFICIENT_ACCESS")
    with pytest.raises(NoAccessError):
        await bench.gateway().user_info()
    assert bench.service.count(INFO) == 1
    assert bench.slept == []


async def test_a_put_is_never_sent_twice(bench: Bench) -> None:
    path = "PUT /rest/api/v1.3/connectJobs/7/trigger"
    for answer, kind in (
        (Fault(503, "SERVICE_UNAVAILABLE"), ServiceFaultError),
        (Fault(400, "API_LIMIT_EXCEEDED"), ThrottledError),
        (Fault(400, "CONNECT_JOB_INACTIVE"), RefusedError),
    ):
        bench.service.answers[path] = answer
        with pytest.raises(kind):
            await bench.gateway().trigger(7)
    assert bench.service.count(path) == 3
    assert bench.slept == []
