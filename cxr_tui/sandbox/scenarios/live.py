"""Faults that show only when everything runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.sandbox.scenarios.plant import Planting, scenario

if TYPE_CHECKING:
    from cxr_tui.sandbox.assembly import Sandbox


@scenario("audience-designer-off")
def _audience_designer_off(planting: Planting) -> None:
    """Support closes the request and forgets to switch the feature on."""

    async def overlook(sandbox: Sandbox) -> None:
        sandbox.portal.overlooked.add("Audience Designer")

    planting.world(overlook)
