"""Looking up sample records, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

SAMPLE_LIMIT = 50
"""At most this many records are looked up; the account may make some hundred calls a minute (facts A.6)."""
_AT_ONCE = 6


class Members(Protocol):
    """The part of either product's API that returns single members."""

    async def member(
        self, list_name: str, column: str, value: str, fields: Sequence[str] = ()
    ) -> Mapping[str, str] | None:
        """Return one member by match column; None: no such member."""


async def look_up(
    members: Members, list_name: str, column: str, values: Sequence[str]
) -> dict[str, Mapping[str, str] | None]:
    """Return the records by their value in `column`, None for those that are not in the list.

    Empty and repeated values are skipped. Raises the first OutsideError.
    """
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(value: str) -> tuple[str, Mapping[str, str] | None]:
        async with room:
            return value, await members.member(list_name, column, value)

    wanted = list(dict.fromkeys(value for value in values if value.strip()))[:SAMPLE_LIMIT]
    # A task group ends the other look-ups as soon as one fails: a refused login must not be tried once per record.
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(value)) for value in wanted]
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return dict(task.result() for task in tasks)
