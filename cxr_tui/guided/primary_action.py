"""What the sensible next thing at a step can be; apart from the rest, for the tables of keys need no more than this."""

from __future__ import annotations

from enum import StrEnum


class Main(StrEnum):
    """The sensible next thing; values are ids of the actions table."""

    JUMP = "blocker"
    OPERATE = "operate"
    CHECK = "check"
    AGAIN = "again"
    CONFIRM = "confirm"
    PUT_RIGHT = "put_right"
    CONTINUE = "next"
    FINISH = "finish"
