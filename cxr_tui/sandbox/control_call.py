"""One call of a sandbox's control API, and the form of a visit."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

import msgspec

from cxr_tui.domain.instruction import Site
from cxr_tui.sandbox.shared.screens import Upload

CALL_LIMIT = 10.0
"""Seconds for one call of the control API; it is on this machine."""
TOKEN_HEADER = "X-Control-Token"  # nosec B105  # noqa: S105 - the name of a header


class VisitCall(msgspec.Struct):
    """A visit of a screen; its answer is a `PageShows`."""

    site: Site
    path: tuple[str, ...]
    entries: dict[str, Any] = {}
    """By label: what is typed, ticked or chosen, except files."""
    files: dict[str, Upload] = {}
    press: tuple[str, ...] = ()


def call_control_api(
    url: str, token: str, method: str, path: str, body: bytes | None = None, limit_seconds: float | None = None
) -> tuple[int, bytes]:
    """Make one call and return status and body; blocking. OSError, http.client.HTTPException."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=limit_seconds or CALL_LIMIT)
    try:
        connection.request(method, path, body=body, headers={TOKEN_HEADER: token})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
