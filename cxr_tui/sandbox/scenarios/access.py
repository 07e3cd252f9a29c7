"""Faults of the way in: hosts, network, passwords, tokens, the service itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.sandbox.scenarios.hand import not_pressing
from cxr_tui.sandbox.scenarios.plant import Planting, scenario

if TYPE_CHECKING:
    from cxr_tui.sandbox.assembly import Sandbox


@scenario("temporary-password")
def _temporary_password(planting: Planting) -> None:
    """Somebody reads the mail, opens the link and leaves the page without a new password."""
    button = "Change password"
    planting.slip("responsys", "Change password", alter=not_pressing(button), needs=(button,))


@scenario("identity-cloud-account")
def _identity_cloud_account(planting: Planting) -> None:
    async def move_users(sandbox: Sandbox) -> None:
        sandbox.responsys.account.identity_cloud = True

    planting.world(move_users)
