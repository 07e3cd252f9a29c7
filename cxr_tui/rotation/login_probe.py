"""Finding out which password is in force, with as few login tries as can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.login_endings import Result, result_of
from cxr_tui.domain.ports import Progress
from cxr_tui.domain.safe_text import visible
from cxr_tui.guide.catalog.errors import cause_of
from cxr_tui.guide.catalog.explanation import Cause
from cxr_tui.journal.rotations import RefusalStreak, Rotation, refusals_until_lockout, tried_entry, try_entry
from cxr_tui.rotation.managed_secrets import HeldSecret
from cxr_tui.rotation.port import Integration
from cxr_tui.rotation.transitions import Found, may_try, worth_trying


@dataclass(frozen=True)
class Answer:
    """What the tries told."""

    found: Found
    trouble: Finding | None = None
    """Why it was not found out."""


async def find_out(place: Integration, held: HeldSecret, wanted: Sequence[str], progress: Progress) -> Answer:
    """Try the items in order until one is accepted; StoreUnusableError before anything is sent.

    Stops at the first answer that says nothing of the password, and at the limit of refusals.
    """
    rotation = place.journal_state().rotations[held.item]
    if held.is_password:
        await place.tell_time()  # a host that does not answer gets no password
    for item in worth_trying(rotation, wanted):
        if not await place.world.credentials.has(item):
            continue
        rotation = place.journal_state().rotations[held.item]
        row = place.journal_state().refusal_streaks.get(held.item, RefusalStreak())
        if held.is_password and not may_try(rotation, row, place.world.own_time()):
            return Answer(Found.OPEN, _spent(rotation, row, place))
        progress(f"Logging in with the {'new' if item == rotation.next else 'old'} one")
        result, cause, said = await _try(place, held, rotation, item)
        if result is Result.ACCEPTED:
            return Answer(Found.NEXT if item == rotation.next else Found.CURRENT)
        if result is not Result.REFUSED:
            return Answer(Found.OPEN, _trouble(cause, said))
    return Answer(Found.NEITHER)


async def _try(place: Integration, held: HeldSecret, rotation: Rotation, item: str) -> tuple[Result, Cause | None, str]:
    """Make one login; the journal hears of it before anything is sent, and of the answer after it."""
    sent = try_entry(held.item, rotation.number, item)
    place.note([sent])
    code, cause, said = "", None, ""
    trial = place.trial(item)
    try:
        await trial.login()
        result = Result.ACCEPTED
    except OutsideError as error:
        result, cause, said = result_of(error), _cause(error, held), visible(str(error))
        code = getattr(error, "code", "")
    finally:
        await trial.close()
    place.note([tried_entry(held.item, rotation.number, result, visible(code, 60), sent.body["id"])])
    return result, cause, said


def _cause(error: OutsideError, held: HeldSecret) -> Cause:
    return cause_of(error, held.product, first_contact=False)


def outside_finding(error: OutsideError, held: HeldSecret) -> Finding:
    """Return the finding that an outside error stands for."""
    cause = _cause(error, held)
    return cause.finding(visible(str(error)))


def _trouble(cause: Cause | None, said: str) -> Finding:
    if cause is None:
        return Finding("login-unclear", Status.UNKNOWN, said, "Nothing can be concluded from it.", "Try again.")
    return cause.finding(f"Logging in: {said}")


def _spent(rotation: Rotation, row: RefusalStreak, place: Integration) -> Finding:
    left = refusals_until_lockout(row, place.world.own_time())
    return Finding(
        "login-tries-spent",
        Status.FAIL,
        f"{rotation.refused} logins of this rotation were refused, or ended without a clear answer. After {left} more "
        "the user is locked, as far as is known here.",
        "No further login is tried: a rotation spends two at most, for CX Audience logs in as the same user.",
        "Let an Account Administrator reset the password and set the new one kept here by the mail; that also clears "
        "the count. Then say so: `cxr-tui rotate --resume --anew` allows two more tries."
        + ("" if left > 1 else " Even so, wait an hour after the last try, or have the user unlocked."),
    )
