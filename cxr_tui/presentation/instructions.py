"""The instruction as lines: the values to enter, the values to note down, and the values that can be copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Site, Typed, Visit
from cxr_tui.domain.text import counted
from cxr_tui.presentation.values import WORDS

SITE_NAMES = {Site(name): words for name, words in WORDS["Site"].items()}


class Exact(str):
    """A line of text that is printed as it is, because a value on it is copied."""


def site_heading(visit: Visit) -> str:
    """Return the place of a visit, and the sign-in to use."""
    return f"{SITE_NAMES[visit.site]}{f', signed in as {visit.sign_in}' if visit.sign_in else ''}"


def caveat(visit: Visit) -> str:
    """Return which labels of a visit Oracle does not document; empty where all are documented."""
    if not visit.undocumented:
        return ""
    return f"Not documented by Oracle: {', '.join(visit.undocumented)}. Your screen may differ."


@dataclass(frozen=True)
class Line:
    """One line of a card: a label, its text, and the text that a copy takes (empty: nothing to copy)."""

    label: str
    shown: str
    copied: str = ""
    quiet: bool = False
    ticked: bool | None = None
    """For a checkbox: whether it is selected."""
    item: str = ""
    """For a secret: its keyring item; a copy reads it from there."""


def entry_lines(label: str, typed: Typed) -> list[Line]:
    """Return the lines for one entry of a screen."""
    match typed:
        case SecretRef(item):
            return [Line(label, "the password stored in the keyring", quiet=True, item=item)]
        case Carried():
            return [Line(label, f"“{typed.label}”, from above", quiet=True)]
        case FileRef():
            return [Line(label, typed.path or "the file entered above", typed.path)]
        case bool():
            return [Line(label, "selected" if typed else "not selected", ticked=typed)]
        case list():
            return [Line(label if at == 0 else "", text, text) for at, text in enumerate(typed)] or [Line(label, "–")]
        case dict():
            pairs = [f"{name} → {other}" for name, other in typed.items()]
            return [Line(label if at == 0 else "", text, text) for at, text in enumerate(pairs)] or [Line(label, "–")]
        case _:
            text = str(typed)
            return [Line(label, text or "leave empty", text, quiet=not text)]


def visit_lines(visit: Visit, field_labels: Mapping[str, str]) -> list[Line]:
    """Return all lines of a visit under its click path."""
    lines = [line for label, typed in visit.entries.items() for line in entry_lines(label, typed)]
    if visit.press:
        lines.append(Line("then click", ", then ".join(f"[ {button} ]" for button in visit.press)))
    return lines + brought_lines(visit, field_labels)


def brought_lines(visit: Visit, field_labels: Mapping[str, str]) -> list[Line]:
    """Return the lines for the values to note down at a visit."""
    lines: list[Line] = []
    for label, target in visit.brings.items():
        field = field_labels.get(target, "")
        where = "stored in the keyring" if target.startswith("secret:") else f"enter it under {field}" if field else ""
        lines.append(Line("note down", f"{label} ({where})" if where and field != label else label))
    return lines


def instruction_lines(visits: Sequence[Visit], field_labels: Mapping[str, str]) -> Iterator[str]:
    """Yield an instruction as text: for each screen the click path, then every value on a separate line."""
    yield f"Do this outside the wizard, {counted(len(visits), 'screen')}:"
    for number, visit in enumerate(visits, 1):
        yield f"Screen {number} of {len(visits)}: {site_heading(visit)}."
        yield from (f"  {at}. {part}" for at, part in enumerate(visit.clicks, 1))
        for name, typed in visit.entries.items():
            lines = [line.shown for line in entry_lines(name, typed)]
            if len(lines) == 1:
                yield Exact(f"  {name}: {lines[0]}")
            else:
                yield f"  {name}, {counted(len(lines), 'value')}:"
                yield from (Exact(f"    {line}") for line in lines)
        if visit.press:
            yield f"  Click: {', then '.join(visit.press)}"
        yield from (f"  Note down: {line.shown}" for line in brought_lines(visit, field_labels))
        yield from (f"  Note: {text}" for text in (visit.note, caveat(visit)) if text)


def copyables(visits: tuple[Visit, ...]) -> list[Line]:
    """Return everything in an instruction that can be copied, in order."""
    found: list[Line] = []
    for visit in visits:
        for name, typed in visit.entries.items():
            lines = entry_lines(name, typed)
            found += [replace(line, label=name) for line in lines if line.copied or line.item]
    return found
