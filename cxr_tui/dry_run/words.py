"""A dry run as lines for people and as a document for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cxr_tui.domain.text import visible
from cxr_tui.dry_run.exploring import Plan, Planned
from cxr_tui.dry_run.routes import NAMED_HOST, OF_A_LOGIN
from cxr_tui.dry_run.touches import Kind
from cxr_tui.guide.definition import Guide

NAMES = {
    Kind.REQUEST: ("request", "requests"),
    Kind.SFTP: ("call of the file server", "calls of the file server"),
    Kind.FILE: ("file", "files"),
    Kind.PROGRAM: ("program", "programs"),
    Kind.KEYRING: ("keyring item", "keyring items"),
    Kind.SCREEN: ("visit of the operator", "visits of the operator"),
}
"""One and several of each kind."""


@dataclass(frozen=True)
class Line:
    """One line of a dry run; `level` is how far it is indented."""

    level: int
    text: str
    quiet: bool = False
    head: str = ""
    """What stands before the text; further lines of it begin where it began."""

    @property
    def whole(self) -> str:
        """Return the line as it is printed."""
        return f"{'':{2 * self.level}}{self.head}{self.text}"


def plan_lines(guide: Guide, plan: Plan, first: str = "") -> Iterator[Line]:
    """Yield a plan step by step, `first` before the others, and at each what happens for certain first."""
    order = [first, "", *(step.id for step in guide.steps)]
    steps = sorted({one.step_id for one in plan.planned}, key=order.index)
    for step_id in steps:
        planned = [one for one in plan.planned if one.step_id == step_id]
        title = f"{guide.number(step_id):>2}  {guide.step(step_id).title}" if step_id else "Besides the steps' own"
        yield Line(0, title)
        yield from _touches([one for one in planned if not one.only_if], 1)
        for only_if in dict.fromkeys(one.only_if for one in planned if one.only_if):
            yield Line(1, f"only if {only_if}:", quiet=True)
            yield from _touches([one for one in planned if one.only_if == only_if], 2)
    if any(NAMED_HOST in one.touch.where for one in plan.planned):
        yield Line(0, f"{NAMED_HOST}: not known before; a login's answer says where all further calls go.", quiet=True)
    if plan.stops:
        yield Line(0, visible(plan.stops, 1000))


def _touches(planned: Sequence[Planned], level: int) -> Iterator[Line]:
    for one in _merged(planned):
        touch = one.touch
        times = f"  ({one.times} times)" if one.times > 1 and touch.kind is not Kind.FILE else ""
        yield Line(level, f"{touch.where}{times}", head=f"{touch.kind.value:<8} {touch.act:<7} ")
        note = touch.note.removesuffix(OF_A_LOGIN).removesuffix("; ")
        told = f"{touch.purpose}{f' ({note})' if note else ''}"
        if told:
            yield Line(level + 4, told, quiet=True)


def _merged(planned: Sequence[Planned]) -> list[Planned]:
    """Return each touch once, counted; what was noted in several tasks of one step belongs together."""
    counted: dict[tuple[str, str, str], Planned] = {}
    for one in planned:
        key = (one.touch.kind.value, one.touch.act, one.touch.where)
        before = counted.get(key)
        times = one.times + (before.times if before else 0)
        counted[key] = Planned(one.step_id, before.touch if before else one.touch, times, one.only_if)
    return list(counted.values())


def summary(plans: Sequence[Plan]) -> str:
    """Return in a sentence how much would be touched."""
    certain = [one for plan in plans for one in plan.planned if not one.only_if]
    counts = Counter(dict.fromkeys(Kind, 0))
    for one in certain:
        if one.touch.kind in (Kind.REQUEST, Kind.SFTP, Kind.SCREEN):
            counts[one.touch.kind] += one.times
    for kind in (Kind.FILE, Kind.PROGRAM, Kind.KEYRING):
        counts[kind] = len({one.touch.where for one in certain if one.touch.kind is kind})
    told = [f"{count} {NAMES[kind][count != 1]}" for kind, count in counts.items() if count]
    more = (
        " More only where an answer is not as expected." if any(one.only_if for p in plans for one in p.planned) else ""
    )
    return f"{', '.join(told) or 'nothing'} with answers as expected.{more}"


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as a JSON-able document."""
    return {
        "touches": [
            {
                "step": one.step_id or None,
                "kind": one.touch.kind.value,
                "act": one.touch.act,
                "where": one.touch.where,
                "template": one.touch.template or None,
                "times": one.times,
                "purpose": one.touch.purpose or None,
                "not_known_before": one.touch.note or None,
                "only_if": one.only_if or None,
            }
            for one in plan.planned
        ],
        "stops": plan.stops or None,
    }
