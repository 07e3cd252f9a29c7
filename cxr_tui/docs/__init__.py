"""Pages that ship with the program, among them the facts about the two products, by section id such as `B.3`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

_HEADING = re.compile(r"^#{2,3} ([A-Z1](?:\.\d+)?) (.+)\n", re.MULTILINE)
MARK = re.compile(
    r"\((documented|documented and observed|observed|inferred|not documented)(?:: ([^()]+))?\)$", re.MULTILINE
)
"""What every fact ends with: how certain it is, and its sources."""
_SOURCE = re.compile(r"^- (\w+) = (.+)$", re.MULTILINE)


class Section(NamedTuple):
    """A section of the facts; comments cite its id as `facts B.3`."""

    id: str
    title: str
    text: str
    """Markdown: a list of facts, each with its certainty and sources."""


class Facts(NamedTuple):
    """The facts by section, and the short names of their sources."""

    sections: Mapping[str, Section]
    sources: Mapping[str, str]

    def below(self, id_: str) -> list[Section]:
        """Return the section of an id and its subsections; nothing where there is no such section."""
        return [one for one in self.sections.values() if one.id == id_ or one.id.startswith(f"{id_}.")]

    def sources_of(self, text: str) -> dict[str, str]:
        """Return the short names that the facts in a text end with, with their addresses."""
        used = {source.partition("/")[0] for _, sources in MARK.findall(text) for source in sources.split("; ")}
        return {name: where for name, where in self.sources.items() if name in used}


def page(name: str) -> str:
    """Return a page that ships with the program, such as `plain`."""
    return (Path(__file__).parent / f"{name}.md").read_text(encoding="utf-8").rstrip("\n")


@cache
def facts() -> Facts:
    """Return the facts that ship with the program."""
    whole = page("facts") + "\n"
    head, *parts = _HEADING.split(whole)
    sections = (
        Section(id_, title, text.strip()) for id_, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    )
    return Facts({one.id: one for one in sections}, dict(_SOURCE.findall(head)))
