"""Switches the faults of a sandbox that runs, over its control API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

from cxr_tui.sandbox.client import ConnectionInfo
from cxr_tui.sandbox.control_call import call_control_api


class NoSuchFaultError(Exception):
    """The sandbox knows no such fault; the text lists those there are."""


@dataclass(frozen=True)
class FaultStatus:
    """Which faults are on, and how often each kind has happened since the sandbox started."""

    on: list[str]
    triggered: dict[str, int]


async def switch_faults(info: ConnectionInfo, wanted: Sequence[str] | None = None) -> FaultStatus:
    """Have these faults on and no others; None changes nothing. NoSuchFaultError."""
    method, body = ("GET", None) if wanted is None else ("PUT", json.dumps({"on": list(wanted)}).encode())
    status, answer = await asyncio.to_thread(
        call_control_api, info.control_api, info.control_token, method, "/faults", body
    )
    if status == 400:
        raise NoSuchFaultError(json.loads(answer)["error"])
    return FaultStatus(**json.loads(answer))
