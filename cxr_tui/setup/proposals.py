"""Accepting what a form proposes, for walks without a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.setup.form import EMPTY

if TYPE_CHECKING:
    from cxr_tui.setup.session import Setup


async def accept_proposals(setup: Setup, step_id: str) -> None:
    """Confirm every proposed value that is in order, in one transaction; leave the others for somebody to answer."""
    proposed = {
        view.field.name: view.value
        for view in setup.form(step_id)
        if view.source == "default" and view.value is not None and view.value not in EMPTY
    }
    problems = await setup.confirm(step_id, proposed, source="default")
    if problems:
        await setup.confirm(
            step_id, {name: value for name, value in proposed.items() if name not in problems}, source="default"
        )
