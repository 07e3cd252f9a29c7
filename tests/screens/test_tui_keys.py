"""No sequence of keys opens or validates a step before those before it."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxr_tui.journal.gate import State
from cxr_tui.journal.store import RecordKind
from support.drivers.wizard_driver import MEDIUM, driven
from support.sampling import amount
from support.worlds.demo_guide import DemoOperator, open_demo

KEYS = (
    *("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f9", "escape", "ctrl+p", "ctrl+y", "ctrl+g"),
    *(
        "enter",
        "enter",
        "enter",
        "tab",
        "shift+tab",
        "space",
        "up",
        "down",
        "left",
        "right",
        "home",
        "end",
        "backspace",
    ),
    *("a", "x", "1", "@", "[", "/"),
)


@settings(
    max_examples=amount(daily=6, whole=25),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(keys=st.lists(st.sampled_from(KEYS), max_size=40))
def test_no_sequence_of_keys_gets_ahead_of_the_gate(tmp_path_factory: pytest.TempPathFactory, keys: list[str]) -> None:
    asyncio.run(press_them(tmp_path_factory, keys))


async def press_them(homes: pytest.TempPathFactory, keys: list[str]) -> None:
    integration = open_demo(homes.mktemp("keys"), operator=DemoOperator())
    async with driven(integration, MEDIUM) as drive:
        before, seen = integration.states(), 0
        for key in keys:
            if not drive.app.is_running:
                break
            await drive.press(key)
            after = integration.states()
            records = integration.records()
            for record in records[seen:]:
                # The journal counts, not the state: a locked step reads locked whatever was written.
                if record.entry.kind in (RecordKind.ANSWER, RecordKind.CONFIRMATION) and (step := record.entry.step):
                    assert not before[step].blocked_by or not after[step].blocked_by, (key, step, record.entry.kind)
            seen = len(records)
            hold = True
            for step_id, state in after.items():
                newly = state.done and not before[step_id].done
                assert hold or not newly or before[step_id].state is State.STALE, (key, step_id, after)
                assert hold == (not state.blocked_by)
                assert hold or state.done or state.state in (State.LOCKED, State.STALE)
                hold = hold and state.done
            before = after
    await integration.close()
