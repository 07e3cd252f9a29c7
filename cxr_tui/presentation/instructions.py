"""The instruction as lines: what to enter under which label, what to bring back, and what of it can be copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Site, Typed, Visit

SITE_NAMES = {
    Site.RESPONSYS: "In Responsys",
    Site.AUDIENCE: "In CX Audience",
    Site.SUPPORT: "In My Oracle Support",
    Site.MAILBOX: "In the mailbox",
    Site.COLLEAGUE: "With a colleague",
    Site.COMPUTER: "On this computer",
    Site.CALENDAR: "Time has to pass",
}


def site_heading(visit: Visit) -> str:
    """Return where a visit takes place, and as whom."""
    return f"{SITE_NAMES[visit.site]}{f', signed in as {visit.sign_in}' if visit.sign_in else ''}"


def caveat(visit: Visit) -> str:
    """Return the sentence on what of a visit no page of Oracle shows, empty where all is documented."""
    if not visit.undocumented:
        return ""
    return f"Not documented by Oracle: {', '.join(visit.undocumented)}. Your screen may differ."


@dataclass(frozen=True)
class Line:
    """One line of a card: a label, what stands beside it, and what a copy takes (empty: nothing to copy)."""

    label: str
    shown: str
    copied: str = ""
    quiet: bool = False
    ticked: bool | None = None
    """For a box: whether it is ticked."""
    item: str = ""
    """For a secret: its keyring item; a copy reads it from there."""


def entry_lines(label: str, typed: Typed) -> list[Line]:
    """Return the lines for one entry of a screen."""
    match typed:
        case SecretRef(item):
            return [Line(label, "the password kept in the keyring", quiet=True, item=item)]
        case Carried():
            return [Line(label, f"“{typed.label}”, from above", quiet=True)]
        case FileRef():
            return [Line(label, typed.path or "the file named above", typed.path)]
        case bool():
            return [Line(label, "ticked" if typed else "not ticked", ticked=typed)]
        case list():
            return [Line(label if at == 0 else "", text, text) for at, text in enumerate(typed)] or [Line(label, "–")]
        case dict():
            pairs = [f"{name} → {other}" for name, other in typed.items()]
            return [Line(label if at == 0 else "", text, text) for at, text in enumerate(pairs)] or [Line(label, "–")]
        case _:
            text = str(typed)
            return [Line(label, text or "(empty)", text, quiet=not text)]


def brought_lines(visit: Visit, field_labels: Mapping[str, str]) -> list[Line]:
    """Return the lines for what a visit brings back."""
    lines: list[Line] = []
    for label, target in visit.brings.items():
        field = field_labels.get(target, "")
        where = "to the keyring" if target.startswith("secret:") else f"for the field {field}" if field else ""
        lines.append(Line("bring back", f"{label}, {where}" if where and field != label else label))
    return lines


def copyables(visits: tuple[Visit, ...]) -> list[Line]:
    """Return everything of an instruction that can be copied, in order."""
    found: list[Line] = []
    for visit in visits:
        for name, typed in visit.entries.items():
            lines = entry_lines(name, typed)
            found += [replace(line, label=name) for line in lines if line.copied or line.item]
    return found
