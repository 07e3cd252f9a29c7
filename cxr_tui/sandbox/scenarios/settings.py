"""Faults of the integration settings: the box, the lists, their columns and values."""

from __future__ import annotations

from cxr_tui.sandbox.scenarios.hand import entering
from cxr_tui.sandbox.scenarios.plant import Planting, scenario


@scenario("integration-not-enabled")
def _integration_not_enabled(planting: Planting) -> None:
    label = "Enable Responsys and CX Audience Integration"
    slip = entering(label, False)
    planting.slip("responsys", "Account", "CX Audience settings", alter=slip, needs=(label,))
