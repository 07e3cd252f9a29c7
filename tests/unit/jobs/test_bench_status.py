"""The benchmark of `status` runs as a command, small: what it measures is there, and every integration is in order."""

from __future__ import annotations

import asyncio

import pytest

from bench import bench_status


@pytest.mark.sampled(0)
def test_the_benchmark_measures_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_status, "ROUNDS", 1)
    with bench_status.slow_sandbox() as home:
        one = asyncio.run(bench_status.measure_one(home, 20))
        bench_status.latency(home, 0)
        asyncio.run(bench_status.copy_integration(home, 3))
        many = bench_status.measure_many(home, 3, 20)
    assert 0.06 < one.longest <= one.process  # three requests at least, one after the other
    assert one.holds or one.whole < 2  # a busy machine may spoil the ratio; as a command the benchmark is strict
    assert many.well == many.integrations == 3
    assert many.requests >= 3 * 8
    assert many.megabytes < bench_status.MEMORY_AT_MOST
    assert "3 in order" in str(many)
