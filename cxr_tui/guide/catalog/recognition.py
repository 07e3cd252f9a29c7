"""Recognizes messages in a text, even if it was wrapped, quoted, logged, escaped or cut."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from cxr_tui.domain.text import is_hidden
from cxr_tui.guide.catalog import MESSAGES
from cxr_tui.guide.catalog.explanation import Message

LONGEST = 65_536
"""Characters of a text that are read."""
MOST = 5
"""How many messages of one text are recognized."""


class Recognised(NamedTuple):
    """A message found in a text."""

    message: Message
    seen: str
    """The message as the text has it."""
    cut: bool
    """Whether the text ends inside the message."""


def recognise(text: str) -> list[Recognised]:
    """Return the known messages in a text, in their order."""
    plain = _plain(text[:LONGEST])
    found = _whole(plain)
    if not found:
        cut = _cut(plain)
        # A beginning identifies a message only if no other begins with it.
        return cut[:1] if len({one.message for one in cut}) == 1 else []
    outer = [one for one in found if not any(other.holds(one) for other in found)]
    outer.sort(key=lambda one: one.span)
    first = {one.message: one for one in reversed(outer)}  # a message counts once, at its first place
    return [one.recognised for one in sorted(first.values(), key=lambda one: one.span)][:MOST]


class _Match(NamedTuple):
    recognised: Recognised
    span: tuple[int, int]

    @property
    def message(self) -> Message:
        return self.recognised.message

    def holds(self, other: _Match) -> bool:
        return self.span != other.span and self.span[0] <= other.span[0] and other.span[1] <= self.span[1]


def _whole(plain: str) -> list[_Match]:
    squeezed = _Squeezed(plain)
    return [
        _Match(Recognised(message, _seen(match) if "*" in phrase else phrase, cut=False), match.span())
        for message in MESSAGES
        for phrase in message.phrases
        if squeezed.has(phrase, phrase) and (match := _whole_pattern(phrase).search(plain))
    ]


def _cut(plain: str) -> list[Recognised]:
    squeezed = _Squeezed(plain)
    return [
        Recognised(message, _seen(match), cut=True)
        for message in MESSAGES
        for phrase in message.phrases
        if (start := _shortest_cut(phrase)) and squeezed.has(phrase, start)
        if (match := _cut_pattern(phrase, len(start)).search(plain))
    ]


def _seen(match: re.Match[str]) -> str:
    return match.group().replace("\n", " ").strip()


class _Squeezed:
    """A text without white space: most phrases are ruled out here, before a pattern is tried."""

    def __init__(self, plain: str) -> None:
        self._exact = re.sub(r"\s", "", plain)
        self._lower = self._exact.lower()

    def has(self, phrase: str, part: str) -> bool:
        text = self._exact if phrase.isupper() else self._lower
        return all(one in text for one in _parts(part, lower=not phrase.isupper()))


# What happens to a text between its screen and here. Undoing it leaves a line feed where a word may end.
_QUOTE = r"[ >|│┃║#*]"
_LOGGED = (
    r"(?:[\[(]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.,]{0,20}(?:Z|[+-]\d\d:?\d\d)?[\])]?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [^\s]{1,80} [^\s:]{1,80}:)"
    r" ?(?:[\[(]?(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL|SEVERE)[\])]?:? ?)?"
)
_UNDONE = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"\x1b\[[0-9;?]{0,40}[@-~]|\x1b\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)", ""),  # colours and titles of a terminal
        (r"=\r?\n", "\n"),  # quoted-printable mail
        (r"\\{1,4}[nrt]", "\n"),  # line ends in JSON and in logs
        (r"""\\{1,4}(["'/])""", r"\1"),
        (r"</?[A-Za-z][^<>]{0,300}>", "\n"),  # tags
        (r"[ \t\r\f\v]+", " "),
        (rf" ?[|│┃║]? ?\n(?:{_QUOTE}*{_LOGGED})?{_QUOTE}*", "\n"),
        (r"\s*\n\s*", "\n"),
    )
)
_STRAIGHT = str.maketrans(
    {"‘": "'", "’": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | dict.fromkeys("‐‑‒–—−", "-")
)


def _plain(text: str) -> str:
    """Return a text as its author wrote it, except for line ends, which may be inside words."""
    text = html.unescape(html.unescape(text)).replace("\r\n", "\n").replace("\r", "\n")
    (colours, nothing), *others = _UNDONE
    text = unicodedata.normalize("NFKC", colours.sub(nothing, text)).translate(_STRAIGHT)
    text = "".join(char for char in text if char in "\n\t" or not is_hidden(char))
    for pattern, by in others:
        text = pattern.sub(by, text)
    return text


@cache
def _parts(phrase: str, *, lower: bool) -> list[str]:
    return (phrase.lower() if lower else phrase).replace(" ", "").split("*")


@cache
def _whole_pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(_before(phrase) + _letters(phrase) + _behind(phrase), _flags(phrase))


@cache
def _cut_pattern(phrase: str, least: int) -> re.Pattern[str]:
    """Return a pattern of the beginning of a phrase, before dots or the end of the text."""
    rest = ""
    for char in reversed(phrase[least:-1]):
        rest = f"(?:{_gap(char)}{rest})?"
    end = r"[ \n]?(?:\.\.\.|\[\.\.\.\])" if " " not in phrase else r"[ \n]?(?:\.\.\.|\[\.\.\.\]|\Z)"
    return re.compile(_before(phrase) + _letters(phrase[:least]) + rest + end, _flags(phrase))


_CUT_LEAST = 10
"""Least characters of a phrase, four fifths of it, that are enough to recognize it."""


@cache
def _shortest_cut(phrase: str) -> str:
    least = max(_CUT_LEAST, -(-len(phrase) * 4 // 5))
    return phrase[:least] if least < len(phrase) and "*" not in phrase else ""


def _letters(phrase: str) -> str:
    return re.escape(phrase[0]) + "".join(_gap(char) for char in phrase[1:])


def _gap(char: str) -> str:
    if char == "*":
        return r"(?:.|\n){0,200}?"
    return r"[ \n]" if char == " " else rf"\n?{re.escape(char)}"


def _before(phrase: str) -> str:
    if not (phrase[0].isalnum() or phrase[0] == "_"):
        return ""
    return r"(?<![\w])(?<!_\n)(?<![A-Za-z]-)" + (r"(?<!\w\.)" if " " not in phrase else "")


def _behind(phrase: str) -> str:
    if not (phrase[-1].isalnum() or phrase[-1] == "_"):
        return ""
    return r"(?!\w)(?!\n_)(?!-[A-Za-z])" + (r"(?!\.\w)" if " " not in phrase else "")


def _flags(phrase: str) -> re.RegexFlag:
    return re.NOFLAG if phrase.isupper() else re.IGNORECASE


def known_origins() -> Iterable[str]:
    """Return the systems whose messages are known."""
    return dict.fromkeys(message.origin.value for message in MESSAGES)
