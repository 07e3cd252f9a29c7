"""What the journal may hold after each act, folded anew from its rows, without the program's own fold and gate."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from cxr_tui.guide.registry import GUIDE

OUTCOMES = frozenset({"outcome", "refusal"})
DOING = frozenset({"answer", "secret", "visit", "confirmation"}) | OUTCOMES
ROTATING = frozenset({"rotation", "secret"}) | OUTCOMES

MAY_WRITE: Mapping[str, frozenset[str]] = {
    "advance": DOING,
    "arrive": DOING,
    "confirm": frozenset({"confirmation"}),
    "bring_passwords": frozenset({"secret"}),
    "check": OUTCOMES,
    "save": frozenset({"answer"}),
    "finish_rotation": ROTATING,
    "keep_secret": frozenset({"secret"}),
    "pass_time": frozenset(),
    "person_resets": frozenset(),
    "person_sets": frozenset(),
    "person_tells": frozenset(),
    "preflight_local": frozenset(),
    "preflight_remote": frozenset(),
    "fix": frozenset({"answer"}),
    "recheck": OUTCOMES,
    "reopen": frozenset(),
    "report": frozenset(),
    "rotate_abort": ROTATING,
    "rotate_after_reset": ROTATING,
    "rotate_begin": ROTATING,
    "rotate_operate": ROTATING,
    "rotate_resume": ROTATING,
    "status": frozenset({"run", "refusal"}),
    "wait_an_hour": frozenset(),
}
"""Kinds of records that an act may add."""

AT_ONCE = frozenset({"confirm", "save", "fix"})
"""Acts that write one transaction, or none."""

EMPTY: tuple[object, ...] = (None, "", [], {})


class ViolationError(AssertionError):
    """Something that must never happen has happened."""


@dataclass(frozen=True)
class Row:
    """One row of the journal's table."""

    seq: int
    at: str
    kind: str
    step: str
    body: Mapping[str, Any]
    text: str


@dataclass
class JournalModel:
    """The journal as far as it was looked at."""

    path: Path
    seq: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    judged: dict[str, tuple[str, Mapping[str, str]]] = field(default_factory=dict)
    """Verdict and basis of the newest check of each step that could look."""
    confirmed: dict[str, Mapping[str, str]] = field(default_factory=dict)
    stages: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Number and stage of the newest rotation by item."""
    kept: set[str] = field(default_factory=set)
    """Items that the journal says lie in the keyring."""
    renewed: set[str] = field(default_factory=set)
    """Items whose allowance of refused logins began anew with the newest rows."""
    _hash: str = ""

    def take(self) -> list[Row]:
        """Read what is new, and fold it."""
        rows = self._read(self.seq)
        self.renewed = set()
        for row in rows:
            if row.seq != self.seq + 1:
                raise ViolationError(f"record {self.seq + 1} is missing; the next one is {row.seq}")
            self.seq = row.seq
            self._hash = _hashed(self._hash, row)
            self._fold(row)
        return rows

    def verify(self) -> None:
        """Read everything again: what was there once is there still, unchanged."""
        found = ""
        rows = self._read(0)
        for row in rows[: self.seq]:
            found = _hashed(found, row)
        if len(rows) < self.seq or found != self._hash:
            raise ViolationError(f"the journal's first {self.seq} records are not what they were")

    def _read(self, after: int) -> list[Row]:
        if not self.path.exists():
            return []
        db = sqlite3.connect(self.path, timeout=10)
        try:
            found = db.execute("SELECT seq, at, kind, step, body FROM records WHERE seq > ? ORDER BY seq", (after,))
            return [Row(seq, at, kind, step, json.loads(body), body) for seq, at, kind, step, body in found]
        except sqlite3.OperationalError as error:
            if "no such table" in str(error):  # a process died while it made the file
                return []
            raise
        finally:
            db.close()

    def _fold(self, row: Row) -> None:
        body = row.body
        if row.kind == "answer":
            self.values[f"{row.step}.{body['name']}"] = body["value"]
        elif row.kind == "secret":
            key = f"{row.step}.{body['name']}"
            if body["version"] <= self.values.get(key, 0):
                raise ViolationError(f"{key}: version {body['version']} after {self.values[key]}")
            self.values[key] = body["version"]
            if not body.get("announced"):
                self.kept.add(body["item"])
                if not body.get("again"):  # the same one still has its failed logins
                    self.renewed.add(body["item"])
        elif row.kind == "outcome":
            outcome = body["outcome"]
            for name, value in outcome["facts"].items():
                self.values[f"{row.step}.{name}"] = value
            if outcome["verdict"] != "unknown" or row.step not in self.judged:
                self.judged[row.step] = (outcome["verdict"], body["basis"])
        elif row.kind == "confirmation":
            self.confirmed[row.step] = body["basis"]
        elif row.kind == "rotation" and body["what"] == "stage":
            number, _ = self.stages.get(body["item"], (0, ""))
            if body["number"] < number:
                raise ViolationError(f"rotation {body['number']} after {number}")
            if body["number"] > number:
                self.renewed.add(body["item"])
            self.stages[body["item"]] = (body["number"], body["stage"])


def _hashed(before: str, row: Row) -> str:
    return hashlib.sha256(f"{before}|{row.seq}|{row.at}|{row.kind}|{row.step}|{row.text}".encode()).hexdigest()


def check_rows(act: str, rows: Sequence[Row]) -> None:
    """Raise ViolationError where an act has written what it must not, or a half of what belongs together."""
    strange = {row.kind for row in rows} - MAY_WRITE[act]
    if strange:
        raise ViolationError(f"{act} has written {', '.join(sorted(strange))}")
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.at)]
    if act in AT_ONCE and len(groups) > 1:
        raise ViolationError(f"{act} has written {len(groups)} transactions")
    for group in groups:
        for row in group:
            if row.kind == "rotation" and row.body.get("stage") == "promoted" and not _has_secret(group):
                raise ViolationError("a secret was promoted without a new version of it")


def _has_secret(group: Iterable[Row]) -> bool:
    return any(row.kind == "secret" for row in group)


def check_confirmed(
    model: JournalModel, meant: Mapping[str, Any], rows: Sequence[Row], *, refused: bool | None
) -> None:
    """Raise ViolationError where answers were lost, invented, or written in part; `refused`: None where it died."""
    step, values = meant["step"], meant["values"]
    for row in rows:
        if row.step != step or values.get(row.body["name"]) != row.body["value"]:
            raise ViolationError(f"{row.step}.{row.body['name']} was written, and nobody has said so")
    if refused and rows:
        raise ViolationError("answers were refused, and some of them written")
    if refused is False or rows:
        for name, value in values.items():
            known = model.values.get(f"{step}.{name}")
            if known != value and not (known is None and value in EMPTY):
                raise ViolationError(f"{step}.{name} was confirmed as {value!r}, and the journal holds {known!r}")


def check_gate(model: JournalModel, holds: Iterable[str], verified: Iterable[str]) -> None:
    """Raise ViolationError where a step is said to hold whose newest evidence does not bear that out."""
    for step in holds:
        verdict, basis = model.judged.get(step, ("", {}))
        if verdict not in ("verified", "confirmable"):
            raise ViolationError(f"{step} is said to hold; its newest verdict is {verdict or 'none'}")
        changed = [key for key, mark in basis.items() if mark != digest(model.values.get(key))]
        if changed:
            raise ViolationError(f"{step} is said to hold, though {', '.join(changed)} changed since")
        if verdict == "confirmable" and model.confirmed.get(step) != basis:
            raise ViolationError(f"{step} is said to hold, and nobody gave their word for these values")
    seen = set(verified)
    for step in seen:
        # a person's word becomes evidence with the later step whose evidence covers it
        covered = step in model.confirmed and GUIDE.step(step).verified_by in seen
        if model.judged[step][0] != "verified" and not (model.judged[step][0] == "confirmable" and covered):
            raise ViolationError(f"{step} is said to be verified; its newest verdict is {model.judged[step][0]}")


def digest(value: object) -> str:
    """Return the fingerprint of a value as the journal's basis holds it."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


@dataclass
class LoginModel:
    """The logins of the program as the hosts saw them, answered or not."""

    items: Mapping[str, str]
    """Keyring item by user."""
    row: dict[str, int] = field(default_factory=dict)
    """Refused ones by user since the last one that was accepted, or since the allowance began anew."""
    refused: int = 0

    MOST_IN_A_ROW = 4
    """The fifth locks the user."""

    def _item(self, user: str) -> str:
        """Return the keyring item of a user, whose name may have letters more: a person mistyped it."""
        known = [one for one in self.items if user.startswith(one)]
        return self.items[max(known, key=len)] if known else ""

    def take(self, act: str, tries: Sequence[Mapping[str, Any]], renewed: Iterable[str]) -> None:
        """Count what an act has tried; ViolationError where a refused login was repeated by itself."""
        seen: dict[tuple[str, str], int] = {}
        renewed = set(renewed)
        for one in tries:
            user, ours = one["user"], one["program"].startswith("cxr-tui")
            if one["outcome"] == "accepted":
                self.row[user] = 0
            elif ours and one["outcome"] in ("INVALID_USER_NAME_PASSWORD", "PASSWORD_LOCKOUT"):
                self.refused += 1
                self.row[user] = self.row.get(user, 0) + 1
                seen[user, one["mark"]] = seen.get((user, one["mark"]), 0) + 1
        for user in self.row:
            if self._item(user) in renewed:
                self.row[user] = sum(count for (who, _), count in seen.items() if who == user)
        if act not in ("arrive", "finish_rotation"):
            most = 2 if act in ("advance", "rotate_operate") else 1
            for (user, _), count in seen.items():
                if count > most:
                    raise ViolationError(f"{act}: {count} logins of {user} with one password were refused")
        for user, count in self.row.items():
            if count > self.MOST_IN_A_ROW:
                raise ViolationError(f"{act}: {count} logins of {user} in a row were refused")
