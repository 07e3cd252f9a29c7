"""What is typed at a question, read as the value that its field takes; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxr_tui.domain.answers import Value, whole_number
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Choice, Kind
from cxr_tui.guided.parse_input import number_of, one_line, path_of
from cxr_tui.integration.form import FieldView

NOTHING = "-"
"""Typed alone, it empties a field; Enter alone keeps what is there."""
MOST_LISTED = 20
"""Choices that are listed without being asked for; more are searched."""

_YES, _NO = frozenset({"y", "yes", "true", "on"}), frozenset({"n", "no", "false", "off"})


class ParseError(ValueError):
    """Text that stands for nothing here; says what would."""


def chooses(view: FieldView) -> bool:
    """Say whether a field offers choices; where none are known, such as the lists of an account, it is typed."""
    return view.field.kind in (Kind.CHOICE, Kind.CHECKLIST) and bool(view.choices)


def spans_lines(view: FieldView) -> bool:
    """Say whether a field takes several lines."""
    return view.field.kind in (Kind.LINES, Kind.MAPPING) or (view.field.kind is Kind.CHECKLIST and not view.choices)


def read_line(view: FieldView, text: str) -> Value:
    """Return the value that one line stands for; ParseError."""
    text = one_line(text).strip()
    match view.field.kind:
        case Kind.CHECKBOX:
            if text.casefold() in _YES | _NO:
                return text.casefold() in _YES
            raise ParseError("Type yes or no.")
        case Kind.CHOICE if view.choices:
            return pick(view.choices, text).value
        case Kind.CHECKLIST if view.choices:
            return _picked(view.choices, text)
        case Kind.NUMBER:
            return number_of(text)
        case Kind.FILE:
            return path_of(text)
        case _:
            return text


def pick(choices: Sequence[Choice], text: str) -> Choice:
    """Return the choice that a number, a value, a label or a part of one stands for; ParseError lists what fits."""
    number, low = whole_number(text), text.casefold()
    if number is not None and 1 <= number <= len(choices):
        return choices[number - 1]
    same = [one for one in choices if text in (one.value, one.label)]
    same = same or [one for one in choices if low in (one.value.casefold(), one.label.casefold())]
    if same:
        return same[0]
    if number is not None:
        raise ParseError(f"There is no number {text}. Choose from 1 to {len(choices)}.")
    part = [one for one in choices if low in one.value.casefold() or low in one.label.casefold()]
    if len(part) == 1:
        return part[0]
    if not part:
        raise ParseError(f"{visible(text, 60)} is not offered here. Type the number or the name of a choice.")
    raise ParseError("\n".join(["Several match. Type a number:", *choice_lines(choices, part)]))


def choice_lines(choices: Sequence[Choice], some: Sequence[Choice] | None = None) -> list[str]:
    """Return choices with their numbers."""
    return [
        f"  {number}. {one.label}{f' ({one.hint})' if one.hint else ''}"
        for number, one in enumerate(choices, 1)
        if some is None or one in some
    ]


def _picked(choices: Sequence[Choice], text: str) -> list[str]:
    """Return the values of several choices, in their order; names that hold blanks are separated by commas."""
    if text.casefold() == "all":
        return [one.value for one in choices]
    parts = re.split(r"[,;]\s*" if re.search(r"[,;]", text) else r"\s+", text)
    if not all(part.isdigit() for part in parts) and not re.search(r"[,;]", text):
        parts = [text]
    wanted = {pick(choices, part).value for part in parts if part}
    return [one.value for one in choices if one.value in wanted]


def typed_pairs(before: dict[str, str], lines: Sequence[str]) -> dict[str, str]:
    """Return pairs after lines such as `incoming -> column`; `incoming -> -` takes a pair away; ParseError."""
    pairs = dict(before)
    for line in lines:
        name, arrow, other = (part.strip() for part in line.replace("→", "->").partition("->"))
        if not arrow or not name or not other:
            raise ParseError(f"{visible(line, 80)}: type a pair as incoming column -> column of the list.")
        if other == NOTHING:
            pairs.pop(name, None)
        else:
            pairs[name] = other
    return pairs
