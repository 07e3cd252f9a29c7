"""The age of the passwords, from the journal alone: reads no secret, contacts no system."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cxr_tui.domain.text import counted
from cxr_tui.integration.rotation_state import IntegrationState
from cxr_tui.rotation.managed_secrets import MANAGED_SECRETS, ManagedSecret


class AgeState(StrEnum):
    """Whether a rotation is due."""

    OK = "ok"
    NEAR = "near"
    DUE = "due"
    OVERDUE = "overdue"
    UNKNOWN = "unknown"


_LIMITS = {AgeState.OVERDUE: 120, AgeState.DUE: 90, AgeState.NEAR: 75}
"""Days; how often an account requires new passwords is not documented, 90 are common practice (inferred)."""


@dataclass(frozen=True)
class Age:
    """The age of one secret of one integration."""

    integration: str
    item: str
    state: AgeState
    reason: str
    days: int | None = None
    since: datetime | None = None
    rotation: str = ""
    """Stage of a rotation in progress."""


def age_of(integration: str, secret: ManagedSecret, journal: IntegrationState, now: datetime) -> Age:
    """Return the age of a secret at `now` (aware), since it was last set here."""
    rotation = journal.rotations.get(secret.item)
    stage = rotation.stage.value if rotation is not None and rotation.open else ""
    answered = journal.answer_sources.get(secret.key)
    if answered is None:
        return Age(integration, secret.item, AgeState.UNKNOWN, "Not set.", rotation=stage)
    days = max((now - answered.at).days, 0)
    state = next((state for state, least in _LIMITS.items() if days >= least), AgeState.OK)
    words = f"Set {answered.at:%Y-%m-%d}, {counted(days, 'day')} ago." if days else "Set today."
    return Age(integration, secret.item, state, words, days, answered.at, stage)


def ages_of(integration: str, journal: IntegrationState, now: datetime) -> tuple[Age, ...]:
    """Return the ages of all secrets that were set, and of the integration user's password in any case."""
    return tuple(
        age_of(integration, secret, journal, now)
        for secret in MANAGED_SECRETS.values()
        if secret.shared_with_audience or secret.key in journal.answer_sources
    )


def reminder(journal: IntegrationState, now: datetime) -> str:
    """Return a short warning if the integration user's password needs attention, else an empty text."""
    if journal.one_sided():
        return "password one-sided"
    open_ones = [rotation for rotation in journal.rotations.values() if rotation.open]
    if open_ones:
        return "rotation: wait for a run" if open_ones[0].stage.value == "promoted" else "rotation in progress"
    [secret] = [one for one in MANAGED_SECRETS.values() if one.shared_with_audience]
    age = age_of("", secret, journal, now)
    if age.state in _LIMITS:
        return f"password {age.state.value}: {age.days} d"
    return ""


def document(ages: tuple[Age, ...]) -> dict[str, Any]:
    """Return the JSON document of `rotate --due`."""
    return {
        "passwords": [
            asdict(one)
            | {"since": one.since.isoformat(timespec="seconds") if one.since else None}
            | {"rotation": one.rotation or None}
            for one in ages
        ],
        "ok": not any(one.state in (AgeState.DUE, AgeState.OVERDUE) for one in ages),
    }
