"""The few real people whose records are looked up as a sample, many at once but never too many."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

SAMPLE_LIMIT = 50
"""At most this many people are looked up; the account's limit is some hundred calls a minute (facts A.6)."""
_AT_ONCE = 6


class Members(Protocol):
    """Either product's REST interface, as far as single members go."""

    async def member(
        self, list_name: str, column: str, value: str, fields: Sequence[str] = ()
    ) -> Mapping[str, str] | None:
        """Return one member by match column; None: no such member."""


async def look_up(
    members: Members, list_name: str, column: str, values: Sequence[str]
) -> dict[str, Mapping[str, str] | None]:
    """Return the records of these people by their value in `column`, None for those who are not there.

    Empty values and repetitions stand for nobody and are left out. Raises the first OutsideError met.
    """
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(value: str) -> tuple[str, Mapping[str, str] | None]:
        async with room:
            return value, await members.member(list_name, column, value)

    wanted = list(dict.fromkeys(value for value in values if value.strip()))[:SAMPLE_LIMIT]
    # A task group ends the other look-ups as soon as one fails: a refused login must not be tried once per person.
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(value)) for value in wanted]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return dict(task.result() for task in tasks)
