"""Accepting what a form proposes, for walks without a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.integration.form import EMPTY

if TYPE_CHECKING:
    from cxr_tui.integration.integration import Integration


async def accept_proposals(integration: Integration, step_id: str) -> None:
    """Confirm every proposed value that is in order, in one transaction; leave the others for somebody to answer."""
    proposed = {
        view.field.name: view.value
        for view in integration.form(step_id)
        if view.source == "default" and view.value is not None and view.value not in EMPTY
    }
    problems = await integration.save(step_id, proposed, source="default")
    if problems:
        await integration.save(
            step_id, {name: value for name, value in proposed.items() if name not in problems}, source="default"
        )
