"""Finds the active password with as few login attempts as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.login_endings import Result, result_of
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.text import visible
from cxr_tui.guide.catalog.errors import cause_of
from cxr_tui.integration.integration import Integration
from cxr_tui.integration.rotation_state import Rotation, refusals_until_lockout, tried_entry, try_entry
from cxr_tui.rotation.managed_secrets import ManagedSecret
from cxr_tui.rotation.transitions import attempt_allowed, candidates


@dataclass(frozen=True)
class LoginProbe:
    """The result of login attempts."""

    active: str = ""
    """Keyring item of the accepted secret; empty: none was accepted."""
    trouble: Finding | None = None
    """Why the active secret is unknown; None without `active`: all were refused."""

    @property
    def inconclusive(self) -> bool:
        """Whether a later attempt may find it."""
        return self.trouble is not None and self.trouble.status is Status.UNKNOWN


async def probe(
    integration: Integration, secret: ManagedSecret, wanted: Sequence[str], progress: Progress
) -> LoginProbe:
    """Try the items in order until one is accepted; raises StoreUnusableError before anything is sent.

    Stops at the first answer that does not show whether the password is right, and at the limit of refusals.
    """
    rotation = integration.journal_state().rotations[secret.item]
    await integration.world.sync_clock()  # no password is sent to a host that does not answer
    for item in candidates(rotation, wanted):
        if not await integration.world.credentials.has(item):
            continue
        journal = integration.journal_state()
        rotation = journal.rotations[secret.item]
        streak = journal.refusal_streak(secret.item)
        now = integration.world.own_time()
        if not attempt_allowed(rotation, streak, now):
            return LoginProbe(trouble=_spent(rotation, refusals_until_lockout(streak, now)))
        progress(f"Logging in with the {'new' if item == rotation.next else 'old'} password")
        result, trouble = await _try(integration, secret, rotation.number, item)
        if result is Result.ACCEPTED:
            return LoginProbe(item)
        if result is not Result.REFUSED:
            return LoginProbe(trouble=trouble)
    return LoginProbe()


async def _try(
    integration: Integration, secret: ManagedSecret, number: int, item: str
) -> tuple[Result, Finding | None]:
    """Make one login; the journal records it before anything is sent, and its result afterwards."""
    sent = try_entry(secret.item, number, item)
    integration.note([sent])
    code, result, trouble = "", Result.ACCEPTED, None
    try:
        await integration.world.try_login(item)
    except OutsideError as error:
        result, code = result_of(error), getattr(error, "code", "")
        trouble = outside_finding(error, secret, "Logging in: ")
    integration.note([tried_entry(secret.item, number, result, visible(code, 60), sent.body["id"])])
    return result, trouble


def outside_finding(error: OutsideError, secret: ManagedSecret, doing: str = "") -> Finding:
    """Return the finding for an outside error."""
    return cause_of(error, secret.product, first_contact=False).finding(f"{doing}{visible(str(error))}")


def _spent(rotation: Rotation, left: int) -> Finding:
    return Finding(
        "login-tries-spent",
        Status.FAIL,
        f"{rotation.refused} login attempts of this rotation failed or got no clear response. About {left} more would "
        "lock the user.",
        "A rotation makes at most two such attempts, because CX Audience logs in as the same user.",
        "Ask an Account Administrator to reset the password, and set the new one through the email; that also resets "
        "the count. Then run `cxr-tui rotate --resume --after-reset`, which allows two more attempts."
        + ("" if left > 1 else " Before that, wait an hour after the last attempt, or have the user unlocked."),
    )
