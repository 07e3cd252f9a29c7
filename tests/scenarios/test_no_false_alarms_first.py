"""Populations and careful people, up to the key in Responsys: nothing fails, nothing warns."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, Phase, given, settings

from scenarios.no_false_alarms_first import First, alarms, firsts
from support.sampling import amount


@settings(
    max_examples=amount(daily=1, whole=12),
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(told=firsts())
def test_a_careful_person_meets_no_alarm(told: First) -> None:
    assert asyncio.run(alarms(told)) == []
