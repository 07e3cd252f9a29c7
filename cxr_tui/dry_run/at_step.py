"""What one act at one step would touch, for a front end that must not wait: it is found out in a thread of its own."""

from __future__ import annotations

import asyncio

from cxr_tui.dry_run.exploring import Plan
from cxr_tui.dry_run.paper import PaperIntegration
from cxr_tui.dry_run.walking import plan_act
from cxr_tui.guided import actions
from cxr_tui.integration.integration import Integration

UNTOUCHED = "Nothing was sent, written, or read from the keyring to find that out."


async def plan_at(integration: Integration, step_id: str, entry: actions.Entry, *, operated: bool) -> Plan:
    """Return what confirming and checking a step would touch, or with `operated` having it done in a sandbox."""
    # The journal is read here: its connection belongs to the thread that opened it.
    paper = PaperIntegration(
        integration.guide,
        integration.name,
        integration.place,
        integration.records(),
        store=integration.world.credentials.store,
        sandboxed=integration.sandboxed,
        now=integration.server_time(),
        screens=integration.world.screens is not None,
    )

    async def act(one: PaperIntegration) -> object:
        return await (actions.do_it if operated else actions.save_and_check)(one, step_id, entry, lambda _: None)

    return await asyncio.to_thread(lambda: asyncio.run(plan_act(paper, step_id, act)))
