"""The one place that masks secrets in what is printed, logged, recorded or reported.

Three things are hunted for: every secret that the process holds (`model/secret.py` knows them), every one that went
through the credential store since the start, and, in texts made for the desk of a programmer, whatever stands behind a
name that sounds secret. Masking too much is the safe direction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TypeVar

from cxr_tui.model.foreign import visible
from cxr_tui.model.secret import MASK, Secret, living

SHORTEST = 4
"""Characters; anything shorter is in every second word, and no product takes it as a password."""

Json = TypeVar("Json")

_kept: dict[str, frozenset[str]] = {}
"""Forms in which each kept secret may turn up, by its text."""

_NAMED = re.compile(
    r"""
    ( (?: passw(?:or)?d | passphrase | secret | token | authorization | credential | api[-_]?key | private[-_]?key )
      [\w-]{0,40} ["']? \s{0,5} [:=] \s{0,5} )
    ( " (?: [^"\\\n] | \\. )* "
    | ' (?: [^'\\\n] | \\. )* '
    | (?: bearer | basic ) [ ]+ [^\s,;)}\]"']+
    | [^\s,;)}\]"']+ )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_IN_URL = re.compile(r"(://[^/\s:@]{0,200}:)[^/\s@]{1,200}@")


def keep_hidden(secret: Secret) -> None:
    """Mask a secret for as long as the process runs: its text may turn up when the object has long gone."""
    text = secret.reveal()
    if text not in _kept and len(text) >= SHORTEST:
        _kept[text] = _forms(text)


def redact(text: str, also: Iterable[str] = ()) -> str:
    """Return text with every known secret masked, and those in `also`; the longest first, as one may hold another."""
    for form in _hunted(also):
        if form in text:
            text = text.replace(form, MASK)
    return _IN_URL.sub(rf"\1{MASK}@", text) if "://" in text else text


def redact_report(text: str, also: Iterable[str] = ()) -> str:
    """Do as `redact`, and also mask what stands behind a name that sounds secret: for tracebacks and logs."""
    return _NAMED.sub(rf"\1{MASK}", redact(text, also))


def redact_document(document: Json) -> Json:
    """Return a JSON-able document with every known secret masked in its texts, whatever JSON does to their letters."""
    hunted = _hunted()
    whole = json.dumps(document, ensure_ascii=False, default=str)
    if "://" not in whole and not any(form in whole for form in hunted):
        return document
    masked: Json = _masked(document)  # type: ignore[assignment]  # the same shape with other texts
    return masked


def _masked(value: object) -> object:
    match value:
        case str():
            return redact(value)
        case dict():
            return {_masked(name): _masked(one) for name, one in value.items()}
        case list() | tuple():
            return [_masked(one) for one in value]
        case _:
            return value


def _hunted(also: Iterable[str] = ()) -> list[str]:
    forms = {form for known in tuple(_kept.values()) for form in known}
    for text in {*(secret.reveal() for secret in living()), *also} - _kept.keys():
        if len(text) >= SHORTEST:
            forms |= _forms(text)
    return sorted(forms, key=len, reverse=True)


def _forms(text: str) -> frozenset[str]:
    """Return how a text may be written: as it is, and as JSON, Python, URLs, HTML and our own screens write it."""
    import html  # both are loaded where there is a secret: every start of the program passes through this file
    from urllib.parse import quote, quote_plus

    octets = text.encode("utf-8", "surrogatepass")
    written = (
        text,
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        repr(text)[1:-1],
        repr(octets)[2:-1],
        quote(octets, safe=""),
        quote_plus(octets),
        html.escape(text),
        visible(text, len(text) + 1),
    )
    return frozenset(written)
