"""Recognizes messages in a text, even if it was wrapped, quoted, logged, escaped or cut."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from math import ceil
from typing import NamedTuple

from cxr_tui.domain.text import is_hidden
from cxr_tui.guide.catalog.explanation import Message, messages

LONGEST = 65_536
"""Characters of a text that are read."""
MOST = 5
"""How many messages of one text are recognized."""
_WIDEST = 200
"""Most characters that a `*` stands for."""
_CUT_LEAST, _CUT_SHARE = 10, 0.85
"""Least characters and least share of a phrase that are enough to recognize it."""


class Recognised(NamedTuple):
    """A message found in a text."""

    message: Message
    phrase: str
    seen: str
    """The phrase as the text has it."""
    span: tuple[int, int]
    """Its place in the text, without white space."""
    cut: bool = False
    """Whether the text ends inside the phrase."""

    @property
    def name(self) -> str:
        """The message as people quote it."""
        phrase = self.phrase.replace("*", "…")
        return f"{phrase}…" if phrase.count("(") > phrase.count(")") else phrase

    def holds(self, other: Recognised) -> bool:
        """Return whether the other one is only a part of this one."""
        return self.span != other.span and self.span[0] <= other.span[0] and other.span[1] <= self.span[1]


def recognise(text: str) -> list[Recognised]:
    """Return the known messages in a text, in their order."""
    squeezed = _Squeezed(_plain(text[:LONGEST]))
    phrases = [(message, phrase) for message in messages() for phrase in message.phrases]
    found = [
        Recognised(message, phrase, squeezed.seen(span) if "*" in phrase else phrase, span)
        for message, phrase in phrases
        if (span := squeezed.whole(phrase))
    ]
    if not found:
        found = [
            Recognised(message, phrase, squeezed.seen(span), span, cut=True)
            for message, phrase in phrases
            if (span := squeezed.beginning(phrase))
        ]
    outer = [one for one in found if not any(other.holds(one) for other in found)]
    first = {one.message: one for one in reversed(outer)}  # a message counts once, by the first of its phrases
    return sorted(first.values(), key=lambda one: one.span)[:MOST]


class _Squeezed:
    """A text without white space, because lines end anywhere, and the places of its characters."""

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._places = [at for at, char in enumerate(plain) if not char.isspace()]
        self._exact = "".join(plain[at] for at in self._places)
        self._lower = "".join(char.lower()[0] for char in self._exact)

    def seen(self, span: tuple[int, int]) -> str:
        """Return this part of the text in one line."""
        return self._plain[self._places[span[0]] : self._places[span[1] - 1] + 1].replace("\n", " ")

    def whole(self, phrase: str) -> tuple[int, int] | None:
        """Return the place of a phrase."""
        return next(self._spans(phrase, _parts(phrase)), None)

    def beginning(self, phrase: str) -> tuple[int, int] | None:
        """Return the place of the beginning of a phrase, before dots or the end of the text."""
        if "*" in phrase:
            return None
        [wanted], [least] = _parts(phrase), _parts(phrase[: max(_CUT_LEAST, ceil(len(phrase) * _CUT_SHARE))])
        if least == wanted:
            return None
        text = self._exact if phrase.isupper() else self._lower
        for start, end in self._spans(phrase, [least], cut=True):
            while end < min(len(text), start + len(wanted) - 1) and text[end] == wanted[end - start]:
                end += 1
            if text.startswith(("...", "[...]"), end) or (end == len(text) and " " in phrase):
                return start, end
        return None

    def _spans(self, phrase: str, parts: list[str], *, cut: bool = False) -> Iterator[tuple[int, int]]:
        """Yield where the parts of a phrase follow one another and are no part of longer words."""
        text = self._exact if phrase.isupper() else self._lower
        start = text.find(parts[0])
        while start >= 0:
            end = start + len(parts[0])
            for part in parts[1:]:
                at = text.find(part, end, end + _WIDEST + len(part))
                end = at + len(part) if at >= 0 else len(text) + 1
            if end <= len(text) and not self._is_part(phrase, start, end, cut=cut):
                yield start, end
            start = text.find(parts[0], start + 1)

    def _is_part(self, phrase: str, start: int, end: int, *, cut: bool) -> bool:
        """Return whether this is part of a longer word or, for a code, of a file name or of several words."""
        first, behind = self._places[start], self._places[end - 1] + 1
        before, rest = self._plain[max(0, first - 2) : first], "" if cut else self._plain[behind : behind + 2]
        code = " " not in phrase
        if code and "*" not in phrase and " " in self._plain[first:behind]:
            return True
        joined_before = re.search(r"(?:\w|_\n|[A-Za-z]-)\Z", before) or (code and re.search(r"\w\.\Z", before))
        joined_behind = re.match(r"\w|\n_|-[A-Za-z]", rest) or (code and re.match(r"\.\w", rest))
        return bool((_is_word(phrase[0]) and joined_before) or (_is_word(phrase[-1]) and joined_behind))


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


@cache
def _parts(phrase: str) -> list[str]:
    return (phrase if phrase.isupper() else phrase.lower()).replace(" ", "").split("*")


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
        (r"\x1b\[[0-9;?]{0,40}[@-~]|\x1b\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)", ""),  # colors and titles of a terminal
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
    (colors, nothing), *others = _UNDONE
    text = unicodedata.normalize("NFKC", colors.sub(nothing, text)).translate(_STRAIGHT)
    text = "".join(char for char in text if char in "\n\t" or not is_hidden(char))
    for pattern, by in others:
        text = pattern.sub(by, text)
    return text
