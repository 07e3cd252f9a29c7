"""Behaviour from Responsys campaigns, attached to the people of the joined list (facts C.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cxr_tui.sandbox.audience.feed import BehaviourEvent
from cxr_tui.sandbox.audience.state import Behaviour
from cxr_tui.sandbox.lists import ListTable


def attach_behaviour(
    events: Iterable[BehaviourEvent],
    there: Mapping[str, ListTable],
    here: ListTable,
    match_column: str,
    attached: dict[str, list[Behaviour]],
) -> int:
    """Add each event to every record here that has the match value of the person there; return how many were attached.

    Behaviour of people whom the list here does not hold joins to nobody.
    """
    count = 0
    for event in events:
        found = there[event.list_name].find("RIID_", event.riid) if event.list_name in there else []
        value = found[0].get(match_column, "") if found else ""
        matched = here.find(match_column, value)
        for row in matched:
            attached.setdefault(row["RIID_"], []).append(Behaviour(event.channel, event.kind, event.at))
        count += bool(matched)
    return count
