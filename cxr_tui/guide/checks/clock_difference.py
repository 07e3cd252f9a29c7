"""The finding that the clocks of a server and this computer differ, for checks of times and the status."""

from __future__ import annotations

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.ports import World
from cxr_tui.domain.schedule import MOST_APART
from cxr_tui.guide.definition import Check


def clock_differs(world: World) -> Finding | None:
    """Return the finding where the clocks differ by more than a few minutes."""
    apart = world.clock_difference()
    if apart is None:
        return None
    own = world.own_time()
    used = (
        "Schedules are judged by the server's clock; login limits and records use this computer's."
        if abs(apart) <= MOST_APART
        else "The difference is too large, so schedules are judged by this computer's clock."
    )
    return Finding(
        "clock-differs",
        Status.WARN,
        f"The server's clock shows {own + apart:%Y-%m-%d %H:%M} UTC, this computer's {own:%Y-%m-%d %H:%M} UTC.",
        f"{used} Runs and files may look late or old without being so.",
        "Correct the date, time and time zone of this computer if they are wrong. If they are right, ask your "
        "network team whether a proxy answers in place of the server, or show this to Oracle Support.",
    )


def report_clock(c: Check) -> None:
    """Add the finding to the report of a check that judges times."""
    if finding := clock_differs(c.world):
        c.report.add(finding)
