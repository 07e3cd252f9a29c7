"""Maps error JSON, error pages and redirects to typed errors (facts A.5)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from cxr_tui.domain.errors import (
    Flaw,
    MalformedError,
    NoAccessError,
    NotFoundError,
    OutsideError,
    RedirectedError,
    RefusedError,
    ServiceFaultError,
    ThrottledError,
)
from cxr_tui.domain.text import visible
from cxr_tui.domain.url_policy import host_of, provider
from cxr_tui.gateways.rest.http_client import HttpAnswer
from cxr_tui.gateways.rest.response_models import decode, error_body
from cxr_tui.security.redaction import redact

Result = TypeVar("Result")

THROTTLED = "API_LIMIT_EXCEEDED"
RECORD_NOT_FOUND = "RECORD_NOT_FOUND"

_NO_ACCESS = {"INSUFFICIENT_ACCESS", "API_DISABLED_FOR_USER", "CONNECT_DISABLED_FOR_USER"}
_DEAD_TOKEN = {"INVALID_TOKEN", "TOKEN_EXPIRED"}
_DEAD_TOKEN_WORDS = "not a valid authentication token"  # nosec B105  # noqa: S105 - words of a server
NO_CODE = "NO_ERROR_CODE"


def result_of(answer: HttpAnswer, read: Callable[[str], Result], where: str) -> Result:
    """Return the result of `read` for a successful answer; raise the error of any other answer.

    Servers may repeat what was sent, so secrets in their texts are masked. Raises RefusedError and its subtypes,
    ServiceFaultError (5xx, a page instead of JSON), MalformedError.
    """
    if 200 <= answer.status < 300:
        if _is_page(answer):
            raise ServiceFaultError(answer.status, _without_code(answer))
        if not _announces_json(answer):
            words = f"{where}: {visible(answer.content_type, 60)} came instead of JSON"
            raise MalformedError(words, flaw=Flaw.ANSWER_TYPE)
        return decode(answer.body, read, where)
    if 300 <= answer.status < 400:
        here, there = provider(host_of(answer.url)), host_of(answer.location)
        whose = f" ({visible(there, 100)} is another provider's)" if there and provider(there) != here else ""
        raise RedirectedError(answer.status, visible(answer.location, 200) + whose)
    raise _refused(answer)


def is_dead_token(error: OutsideError) -> bool:
    """Return whether a call was refused only because its token has expired, so that a new login helps.

    The codes were observed; a 500 with these words was documented by a third party (facts A.5). A 401 without the
    documented body also means that the token is not accepted.
    """
    if isinstance(error, ServiceFaultError):
        return error.status == 401 or (error.status == 500 and _DEAD_TOKEN_WORDS in error.detail.lower())
    no_code = isinstance(error, RefusedError) and (error.status, error.code) == (401, NO_CODE)
    return no_code or (isinstance(error, RefusedError) and error.code in _DEAD_TOKEN)


def _refused(answer: HttpAnswer) -> Exception:
    body = None
    with suppress(MalformedError):
        body = decode(answer.body, error_body, "")
    if body is None:
        return ServiceFaultError(answer.status, _without_code(answer))
    code, title, detail = map(_shown, body)
    if answer.status >= 500:
        return ServiceFaultError(answer.status, " - ".join(part for part in (code, title, detail) if part))
    return _kind(answer.status, code)(answer.status, code or NO_CODE, title, detail)


def _kind(status: int, code: str) -> type[RefusedError]:
    if code == THROTTLED or status == 429:
        return ThrottledError
    if code in _NO_ACCESS or status == 403:
        return NoAccessError
    if status == 404 or code.endswith("_NOT_FOUND"):
        return NotFoundError
    return RefusedError


def _without_code(answer: HttpAnswer) -> str:
    """Return what came instead of data, with the first words of the server."""
    what, words = "an undocumented answer", answer.body[:4000]
    if _is_page(answer):
        title = re.search(rb"<title[^>]*>(.*?)</title", words, re.DOTALL | re.IGNORECASE)
        what, words = "an HTML page", title[1] if title else b""
    shown = _shown(" ".join(words.decode("utf-8", "replace").split()))
    return f"{what} came instead of data" + (f": {visible(shown, 100)}" if shown else "")


def _announces_json(answer: HttpAnswer) -> bool:
    """Return whether the content type is JSON, or missing."""
    kind = answer.content_type.partition(";")[0].strip().lower()
    return kind in ("", "application/json", "text/json") or (kind.startswith("application/") and kind.endswith("+json"))


def _is_page(answer: HttpAnswer) -> bool:
    head = answer.body[:200].lstrip().lower()
    return "text/html" in answer.content_type.lower() or head.startswith((b"<!doctype html", b"<html"))


def _shown(value: object) -> str:
    if value is None:
        return ""
    return visible(redact(value if isinstance(value, str) else json.dumps(value)))
