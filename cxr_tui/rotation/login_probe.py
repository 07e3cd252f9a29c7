"""Login tries that show which password is active, as few as possible."""

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
from cxr_tui.integration.rotation_state import RefusalStreak, Rotation, refusals_until_lockout, tried_entry, try_entry
from cxr_tui.rotation.managed_secrets import ManagedSecret
from cxr_tui.rotation.transitions import attempt_allowed, candidates


@dataclass(frozen=True)
class LoginProbe:
    """What the tries showed."""

    active: str = ""
    """Keyring item whose secret was accepted; empty: none was."""
    trouble: Finding | None = None
    """Why that is not known; None with no active one: all were refused."""

    @property
    def inconclusive(self) -> bool:
        """Whether trying again in a minute may show it."""
        return self.trouble is not None and self.trouble.status is Status.UNKNOWN


async def probe(
    integration: Integration, secret: ManagedSecret, wanted: Sequence[str], progress: Progress
) -> LoginProbe:
    """Try the items in order until one is accepted; StoreUnusableError before anything is sent.

    Stops at the first answer that says nothing about the password, and at the limit of refusals.
    """
    rotation = integration.journal_state().rotations[secret.item]
    if secret.is_password:
        await integration.sync_clock()  # a host that does not answer gets no password
    for item in candidates(rotation, wanted):
        if not await integration.world.credentials.has(item):
            continue
        journal = integration.journal_state()
        rotation = journal.rotations[secret.item]
        streak = journal.refusal_streaks.get(secret.item, RefusalStreak())
        now = integration.world.own_time()
        if secret.is_password and not attempt_allowed(rotation, streak, now):
            return LoginProbe(trouble=_spent(rotation, refusals_until_lockout(streak, now)))
        progress(f"Logging in with the {'new' if item == rotation.next else 'old'} one")
        result, trouble = await _try(integration, secret, rotation.number, item)
        if result is Result.ACCEPTED:
            return LoginProbe(item)
        if result is not Result.REFUSED:
            return LoginProbe(trouble=trouble)
    return LoginProbe()


async def _try(
    integration: Integration, secret: ManagedSecret, number: int, item: str
) -> tuple[Result, Finding | None]:
    """Make one login; the journal has a record of it before anything is sent, and of the answer after it."""
    sent = try_entry(secret.item, number, item)
    integration.note([sent])
    code, result, trouble = "", Result.ACCEPTED, None
    trial = integration.trial(item)
    try:
        await trial.login()
    except OutsideError as error:
        result, code = result_of(error), getattr(error, "code", "")
        trouble = outside_finding(error, secret, "Logging in: ")
    finally:
        await trial.close()
    integration.note([tried_entry(secret.item, number, result, visible(code, 60), sent.body["id"])])
    return result, trouble


def outside_finding(error: OutsideError, secret: ManagedSecret, doing: str = "") -> Finding:
    """Return the finding that an outside error stands for."""
    return cause_of(error, secret.product, first_contact=False).finding(f"{doing}{visible(str(error))}")


def _spent(rotation: Rotation, left: int) -> Finding:
    return Finding(
        "login-tries-spent",
        Status.FAIL,
        f"{rotation.refused} logins of this rotation were refused, or ended without a clear answer. After {left} more "
        "the user is locked, as far as is known here.",
        "No further login is tried: a rotation spends two at most, for CX Audience logs in as the same user.",
        "Let an Account Administrator reset the password and set the new one kept here by the mail; that also clears "
        "the count. Then say so: `cxr-tui rotate --resume --after-reset` allows two more tries."
        + ("" if left > 1 else " Even so, wait an hour after the last try, or have the user unlocked."),
    )
