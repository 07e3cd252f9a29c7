"""Masks secrets in everything that is printed, logged, recorded or reported.

It masks every secret in memory (`domain/secret.py` knows them; credentials keep all that they read or wrote) and, in
tracebacks and logs, values after a name that sounds secret. Masking too much is safe, but not in answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TypeVar
from weakref import ref

from cxr_tui.domain.secret import MASK, Secret, live_secrets
from cxr_tui.domain.text import visible

SHORTEST = 4
"""Characters; shorter texts occur in many words, and no product accepts them as passwords."""

SHORTEST_IN_ANSWERS = 8
"""Characters; a shorter passphrase may be part of a name or path in an answer."""

Json = TypeVar("Json")

_forms_made: dict[int, tuple[ref[Secret], frozenset[str]]] = {}
"""Spellings of the secrets in memory, by identity; removed with the secret."""

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
_KEY_BLOCK = re.compile(
    r"-----BEGIN ([A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?)-----.{0,20000}?(?:-----END \1-----|\Z)", re.DOTALL
)
_IN_URL = re.compile(r"(://[^/\s:@]{0,200}:)[^/\s@]{1,200}@")


def redact(text: str, also: Iterable[str] = ()) -> str:
    """Return text with every known secret and the texts in `also` masked, the longest first."""
    return _masked_text(text, _patterns(also))


def _masked_text(text: str, patterns: list[str]) -> str:
    for form in patterns:
        if form in text:
            text = text.replace(form, MASK)
    return _IN_URL.sub(rf"\1{MASK}@", text) if "://" in text else text


def redact_report(text: str, also: Iterable[str] = ()) -> str:
    """Do as `redact`, and mask private keys and values after a name that sounds secret: for tracebacks and logs."""
    return _NAMED.sub(rf"\1{MASK}", _KEY_BLOCK.sub(MASK, redact(text, also)))


def redact_answer(value: Json) -> Json:
    """Return an answer with every known secret masked, or the answer itself if it holds none."""
    return redact_document(value, SHORTEST_IN_ANSWERS)


def redact_document(document: Json, shortest: int = SHORTEST) -> Json:
    """Return a JSON document with every known secret masked in its texts, in any JSON spelling."""
    patterns = [form for form in _patterns() if len(form) >= shortest]
    whole = json.dumps(document, ensure_ascii=False, default=str)
    if "://" not in whole and not any(form in whole for form in patterns):
        return document
    masked: Json = _masked(document, patterns)  # type: ignore[assignment]  # the same shape with other texts
    return masked


def _masked(value: object, patterns: list[str]) -> object:
    match value:
        case str():
            return _masked_text(value, patterns)
        case dict():
            return {_masked(name, patterns): _masked(one, patterns) for name, one in value.items()}
        case list() | tuple():
            return [_masked(one, patterns) for one in value]
        case _:
            return value


def _patterns(also: Iterable[str] = ()) -> list[str]:
    forms: set[str] = set()
    for secret in live_secrets():
        forms |= _forms_of(secret)
    for text in also:
        if len(text) >= SHORTEST:
            forms |= _forms(text)
    return sorted(forms, key=len, reverse=True)


def _forms_of(secret: Secret) -> frozenset[str]:
    """Return the spellings of a secret, computed once because everything written passes through here."""
    made = _forms_made.get(id(secret))
    if made is None or made[0]() is not secret:
        text, key = secret.reveal(), id(secret)
        forms = _forms(text) if len(text) >= SHORTEST else frozenset[str]()
        made = _forms_made[key] = (ref(secret, lambda _: _forms_made.pop(key, None)), forms)
    return made[1]


def _forms(text: str) -> frozenset[str]:
    """Return the spellings of a text: unchanged, and in JSON, Python, URLs, HTML and our screens."""
    import html  # both are loaded only for a secret: every start of the program imports this module
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
