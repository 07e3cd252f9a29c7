"""The rotations of an integration's secrets, folded from the journal: one record per transition, two per login try.

A try is recorded before its request is sent. A try without an answer in the journal counts as refused: it may have
been, and five refusals lock the user (facts B.3; documented).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from secrets import token_hex
from typing import Any

from cxr_tui.domain.errors import LOCK_LASTS, LOCKING_REFUSALS, MOST_REFUSALS
from cxr_tui.domain.login_endings import Result
from cxr_tui.guide.checks.rotation_state import ROTATION_ONE_SIDED
from cxr_tui.journal.events import LoginEnd
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry, Record, RecordKind

_NO_LONGER_ROTATED = ("", "file-server-passphrase")
"""Items of records that earlier versions wrote: an account's password rules, and the passphrase of a key file."""
_EARLIER_WORDS = {"proven": "verified", "attested": "confirmed"}
"""The state of CX Audience's side in journals of version 1."""
NEXT = ".next"
PREVIOUS = ".previous"


class Stage(StrEnum):
    """The stage that a rotation has reached."""

    PREPARED = "prepared"
    """The new secret is in the keyring next to the current one; the products may be unchanged."""
    IN_RESPONSYS = "changed-in-responsys"
    """A login with the new password was accepted; CX Audience still has the old one."""
    IN_AUDIENCE = "changed-in-audience"
    CHANGED = "changed"
    """For a secret that is changed in one place only: the new secret was accepted there."""
    PROMOTED = "promoted"
    """The new secret is current; the old one is kept until a job has run."""
    DONE = "done"
    ABORTED = "aborted"
    """Canceled before the change."""
    ROLLING_BACK = "rolling-back"
    """The old secret is being set again; either of the two may be active."""
    BACK_IN_RESPONSYS = "back-in-responsys"
    """A login with the old password was accepted again; CX Audience still has the new one."""
    ROLLED_BACK = "rolled-back"

    @property
    def closed(self) -> bool:
        """Whether the rotation has ended."""
        return self in (Stage.DONE, Stage.ABORTED, Stage.ROLLED_BACK)


@dataclass(frozen=True)
class Try:
    """One login try."""

    item: str
    at: datetime
    result: Result = Result.OPEN
    id: str = ""
    """Links the result to its try; empty: an older record, or a login outside the rotation."""


@dataclass(frozen=True)
class Rotation:
    """The newest rotation of one keyring item, folded from its records."""

    item: str
    number: int
    stage: Stage
    begun: datetime
    since: datetime
    """When this stage began."""
    history: tuple[tuple[Stage, datetime], ...] = ()
    tries: tuple[Try, ...] = ()
    superseded: tuple[str, ...] = ()
    """Keyring items of earlier prepared passwords that may still be valid."""
    audience: str = ""
    """Whether CX Audience has the new password: empty while unknown, `confirmed`, in earlier journals `verified`."""
    tries_before_stage: int = 0
    """How many of the tries were made before this stage began."""
    new_retained: bool = False
    """Aborted without proof that the new secret is inactive; it stays in the keyring for the next rotation."""

    @property
    def open(self) -> bool:
        """Whether the rotation has not ended."""
        return not self.stage.closed

    @property
    def refused(self) -> int:
        """How many of its tries were, or may have been, refused."""
        return sum(one.result.counts for one in self.tries)

    @property
    def left(self) -> int:
        """How many more tries may be refused in this rotation."""
        return max(MOST_REFUSALS - self.refused, 0)

    @property
    def next(self) -> str:
        """Keyring item of the new secret."""
        return self.item + NEXT

    @property
    def previous(self) -> str:
        """Keyring item of the old secret after promotion."""
        return self.item + PREVIOUS

    @property
    def active_item(self) -> str:
        """Keyring item of the active password, as a login showed or else a person confirmed."""
        changed = (Stage.IN_RESPONSYS, Stage.IN_AUDIENCE, Stage.CHANGED, Stage.ROLLING_BACK)
        return self.next if self.stage in changed else self.item

    @property
    def one_sided(self) -> bool:
        """Whether Responsys and CX Audience are known to have different passwords."""
        return self.stage in (Stage.IN_RESPONSYS, Stage.BACK_IN_RESPONSYS)

    def refused_for(self, item: str) -> bool:
        """Return whether this item was refused since the stage began: it was not active then."""
        return any(one.item == item and one.result is Result.REFUSED for one in self.tries[self.tries_before_stage :])


@dataclass(frozen=True)
class RefusalStreak:
    """Refused logins in a row with one item's user, across rotations."""

    count: int = 0
    last: datetime | None = None


def refusals_until_lockout(row: RefusalStreak, now: datetime) -> int:
    """Return how many further refusals lock the user, as far as the program knows."""
    if row.last is not None and now - row.last >= LOCK_LASTS:
        return LOCKING_REFUSALS
    return max(LOCKING_REFUSALS - row.count, 0)


def stage_entry(item: str, number: int, stage: Stage, **more: object) -> Entry:
    """Return the entry of a transition; `more` may contain `aside`, `audience`, `kept` and `by`."""
    return _entry(item, number, "stage", stage=stage.value, **more)


def try_entry(item: str, number: int, tried: str) -> Entry:
    """Return the entry of a login with the item `tried` that is about to be made; its `id` goes into the result."""
    return _entry(item, number, "try", tried=tried, id=token_hex(4))


def tried_entry(item: str, number: int, result: Result, code: str = "", try_id: str = "") -> Entry:
    """Return the entry of how the try `try_id` (or else the newest) ended; `code` is the server's."""
    return _entry(item, number, "tried", result=result.value, code=code, id=try_id)


def _entry(item: str, number: int, what: str, **more: object) -> Entry:
    return Entry(RecordKind.ROTATION, "", {"item": item, "number": number, "what": what, **more})


def fold(before: Rotation | None, body: Mapping[str, Any], at: datetime) -> Rotation | None:
    """Return the rotation after another of its records."""
    match body["what"]:
        case "stage":
            return _moved(before, body, at)
        case "try" if before is not None:
            return replace(before, tries=(*before.tries, Try(body["tried"], at, id=body.get("id", ""))))
        case "tried" if before is not None:
            answered, result = try_of(before, body), Result(body["result"])
            tries = tuple(replace(one, result=result) if one is answered else one for one in before.tries)
            return replace(before, tries=tries)
        case _:
            return before


def try_of(rotation: Rotation, body: Mapping[str, Any]) -> Try | None:
    """Return the try that a result belongs to: it need not be the newest, for checks log in too."""
    wanted = body.get("id", "")
    tries = [one for one in rotation.tries if not wanted or one.id == wanted]
    return tries[-1] if tries else None


def _moved(before: Rotation | None, body: Mapping[str, Any], at: datetime) -> Rotation:
    stage, number = Stage(body["stage"]), int(body["number"])
    aside = tuple(body.get("aside", ()))
    if before is None or (before.number != number and stage is Stage.PREPARED and before.stage is not Stage.PREPARED):
        return Rotation(body["item"], number, stage, at, at, ((stage, at),), superseded=aside)
    audience = body.get("audience", before.audience)
    # a new number within an open rotation is a person's permission for more tries
    tries = before.tries if number == before.number else ()
    return replace(
        before,
        number=number,
        stage=stage,
        since=at,
        history=(*before.history, (stage, at)) if stage is not before.stage else before.history,
        tries=tries,
        tries_before_stage=len(tries),
        superseded=aside or before.superseded,
        audience=_EARLIER_WORDS.get(audience, audience),
        new_retained=body.get("kept", False),
    )


def streak_after(row: RefusalStreak, body: Mapping[str, Any], at: datetime) -> RefusalStreak:
    """Return the refusals in a row after another record."""
    if body["what"] == "try":
        return RefusalStreak(row.count + 1, at)
    if body["what"] == "tried":
        result = Result(body["result"])
        if result in (Result.ACCEPTED, Result.EXPIRED):
            return RefusalStreak()
        return row if result.counts else RefusalStreak(max(row.count - 1, 0), row.last)
    return row


@dataclass
class IntegrationState(JournalState):
    """The folded journal with the rotations of its secrets, which only layers above the journal know."""

    rotations: dict[str, Rotation] = field(default_factory=dict)
    """Newest rotation by keyring item."""
    refusal_streaks: dict[str, RefusalStreak] = field(default_factory=dict)
    """Refused logins in a row by keyring item of the user, across its rotations and since the first of them."""

    def one_sided(self) -> bool:
        """Return whether a password was changed in Responsys but not in CX Audience, or the reverse."""
        return any(rotation.one_sided for rotation in self.rotations.values())

    def refusal_streak(self, item: str) -> RefusalStreak:
        """Return the refused logins in a row of the user whose secret is, or will be, under an item."""
        return self.refusal_streaks.get(next(iter(self._bases(item)), item), RefusalStreak())

    def active_item(self, item: str) -> str:
        """Return the keyring item to log in with: another than `item` while its rotation has changed the secret."""
        rotation = self.rotations.get(item)
        return rotation.active_item if rotation is not None and rotation.open else item

    def counted_refusals(self, item: str, now: datetime) -> int:
        """Return how many refusals count against the active secret of `item`.

        While a rotation does not know which password is active, checks may spend one refusal at most: it shows that
        the password has changed, and the other one is left for the rotation. The refusals of rotations count for
        checks too, so that no check makes the fifth in a row.
        """
        rotation = self.rotations.get(item)
        if rotation is not None and rotation.open and rotation.stage in (Stage.PREPARED, Stage.ROLLING_BACK):
            refused = MOST_REFUSALS if rotation.refused else MOST_REFUSALS - 1
        else:
            refused = self.refusals.get(self.active_item(item), 0)
        streak = self.refusal_streak(item)
        return max(refused, streak.count) if refusals_until_lockout(streak, now) <= 1 else refused

    def _bases(self, item: str) -> list[str]:
        return [base for base, rotation in self.rotations.items() if item in (rotation.item, rotation.next)]

    def apply_one(self, record: Record) -> None:
        """Apply the next record, also to the rotations."""
        super().apply_one(record)
        match record.entry.kind:
            case RecordKind.SECRET:
                rotation = self.rotations.get(record.body["item"])
                new = not (record.body.get("announced") or record.body.get("again"))
                if rotation is not None and not rotation.open and new:
                    self.refusal_streaks.pop(rotation.item, None)
            case RecordKind.REFUSAL:
                self._count_login(record)
            case RecordKind.ROTATION:
                self._rotation(record)
            case _:
                pass

    def _count_login(self, record: Record) -> None:
        item, at, end = record.body["item"], record.at, record.body.get("end", LoginEnd.REFUSED)
        for base in self._bases(item):
            if end == LoginEnd.ACCEPTED:
                self.refusal_streaks[base] = RefusalStreak()
                continue
            rotation = self.rotations[base]
            if rotation.open:  # a refusal outside of the rotation counts as a try; it does not say why
                self.rotations[base] = replace(rotation, tries=(*rotation.tries, Try(item, at)))
            self.refusal_streaks[base] = RefusalStreak(self.refusal_streaks.get(base, RefusalStreak()).count + 1, at)

    def _rotation(self, record: Record) -> None:
        item, body, at = record.body["item"], record.body, record.at
        if item in _NO_LONGER_ROTATED or (rotation := fold(self.rotations.get(item), body, at)) is None:
            return
        self.rotations[item] = rotation
        self.refusal_streaks[item] = streak_after(self.refusal_streaks.get(item, RefusalStreak()), body, at)
        answered = try_of(rotation, body) if body["what"] == "tried" else None
        if answered is not None and answered.result is Result.ACCEPTED:
            self.forget_refusals(answered.item)
        elif answered is not None and answered.result.counts:
            self.count_refusal(answered.item)
        if self.one_sided():
            self.values[ROTATION_ONE_SIDED] = True
        else:
            self.values.pop(ROTATION_ONE_SIDED, None)
