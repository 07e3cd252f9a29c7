"""The faults of a running sandbox seen from outside: which are on, how often each has struck, and others on."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cxr_tui.sandbox.client import SandboxOrderError, SandboxStartError

_LIMIT = 10.0
"""Seconds for one call; the desk is on this machine."""


@dataclass(frozen=True)
class Weather:
    """Faults as the desk tells them."""

    on: tuple[str, ...]
    """In the form `NAME[=VALUE][@PLACE][*TIMES]`."""
    struck: Mapping[str, int]
    """How often each kind has struck since the sandbox started."""


def ask(desk: str, token: str, faults: Sequence[str] | None) -> Weather:
    """Ask the desk, or have `faults` on and no others; blocking. SandboxOrderError, SandboxStartError."""
    connection = http.client.HTTPConnection(urlsplit(desk).netloc, timeout=_LIMIT)
    try:
        body = None if faults is None else json.dumps({"on": list(faults)})
        connection.request("GET" if body is None else "PUT", "/faults", body=body, headers={"X-Desk-Token": token})
        response = connection.getresponse()
        said = json.loads(response.read())
        if response.status == 400:
            raise SandboxOrderError(str(said.get("error", "")))
        return Weather(tuple(said["on"]), said["struck"])
    except (OSError, http.client.HTTPException) as error:
        raise SandboxStartError(f"the sandbox cannot be reached: {type(error).__name__}") from None
    except (ValueError, AttributeError, KeyError, TypeError):
        raise SandboxStartError("another sandbox, or none, answers where this one was; start it again") from None
    finally:
        connection.close()
