"""The browser side of the twins: screens by click path, with their labels and buttons, and what visiting them does."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from cxr_tui.domain.secret import Secret


class PageError(Exception):
    """A page refuses what was entered or pressed; the text is what the screen says."""


class Upload(NamedTuple):
    """A local file chosen in an upload dialog."""

    name: str
    data: bytes


NO_FILE = Upload("", b"")


def address_problem(text: str) -> str:
    """Return why a text is no email address on one printable line; empty: it is one, or nothing was entered yet."""
    valid = text.isprintable() and re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", text) is not None
    return "" if valid or not text else "enter a valid email address"


def require(values: Mapping[str, Any], labels: Iterable[str]) -> None:
    """Refuse entries of which one is missing; PageError."""
    for label in labels:
        if not values[label] or values[label] == NO_FILE:
            raise PageError(f"{label}: this field is required")


@dataclass(frozen=True)
class Form:
    """The labels of one screen in order, with their initial values.

    The value decides the kind: text, False for a box, [] for a check list, {} for pairs of names, NO_FILE for a file,
    None for a password.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, Collection[str]] = field(default_factory=dict)
    """What drop-downs and check lists offer, by label; the collections may change while the form is in use."""
    rules: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """Return why a text cannot be taken, by label; empty: it can."""
    required: Collection[str] = ()
    """Labels of which the screen's errors name those without an entry."""

    def read(self, label: str, value: Any) -> Any:  # noqa: ANN401 - what a label holds depends on it
        """Return what was entered under a label; PageError for a value that it cannot take or does not offer."""
        first = self.fields[label]
        kind = str if first is None else type(first)
        if kind is str and type(value) is int:  # a number field takes a number as well as its text
            value = str(value)
        if not isinstance(value, kind):
            raise PageError(f"{label}: it takes no value of this kind")
        if first is None:
            return Secret(value)
        if kind is str:
            value = value.strip()
        if label in self.rules and (problem := self.rules[label](value)):
            raise PageError(f"{label}: {problem}")
        if label in self.choices and value != first:
            for line in value if kind is list else [value]:
                if line not in self.choices[label]:
                    offered = ", ".join(self.choices[label]) or "(none)"
                    raise PageError(f'{label}: "{line}" is not offered; choose one of {offered}')
        return value

    def shown(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the screen shows of `values`: all but passwords, the first values where there are none."""
        return {label: values.get(label, first) for label, first in self.fields.items() if first is not None}


@dataclass
class PageVisit:
    """One visit of a screen; without entries and buttons it is a look."""

    entries: dict[str, Any]
    """What was entered, by label."""
    press: tuple[str, ...]
    matched: tuple[str, ...]
    """The parts of the path in the place of a `*` in the page's own."""
    values: dict[str, Any]
    """What the form holds: what was entered, and the initial values of the other labels."""


@dataclass
class PageShows:
    """What a screen shows after a visit."""

    values: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By label: file name and content."""


Handler: TypeAlias = Callable[[PageVisit], Awaitable[PageShows]]


@dataclass(frozen=True)
class _Page:
    pattern: tuple[str, ...]
    form: Form
    buttons: Sequence[str]
    handler: Handler


class Pages:
    """The screens of one site.

    A path, label or button that the site does not have is refused by name, so that an instruction that would mislead a
    person fails in rehearsal too.
    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._pages: list[_Page] = []

    def add(
        self, path: tuple[str, ...], handler: Handler, form: Form | None = None, buttons: Sequence[str] = ()
    ) -> None:
        """Register a screen under its click path; `*` is a part that varies, such as a job's name.

        The form has all that can be entered there, `buttons` all that can be pressed.
        """
        self._pages.append(_Page(path, form or Form(), buttons, handler))

    def show(self, path: tuple[str, ...], shows: Callable[[], PageShows], form: Form | None = None) -> None:
        """Register a screen that is only looked at, or whose entries change nothing."""

        async def look(_: PageVisit) -> PageShows:
            return shows()

        self.add(path, look, form)

    async def visit(
        self, path: Sequence[str], entries: Mapping[str, Any] | None = None, press: Sequence[str] = ()
    ) -> PageShows:
        """Visit a screen; PageError for an unknown path, label or button, and whatever the screen itself refuses."""
        page = self._find(tuple(path))
        where = " > ".join(path)
        read = {}
        for label, value in (entries or {}).items():
            if label not in page.form.fields:
                raise PageError(f'there is no "{label}" on {where}; it asks for {_names(page.form.fields)}')
            read[label] = page.form.read(label, value)
        for button in press:
            if button not in page.buttons:
                raise PageError(f'there is no button "{button}" on {where}; its buttons are {_names(page.buttons)}')
        matched = tuple(part for part, sign in zip(path, page.pattern, strict=True) if sign == "*")
        return await page.handler(PageVisit(read, tuple(press), matched, {**page.form.fields, **read}))

    def _find(self, path: tuple[str, ...]) -> _Page:
        fitting = [page for page in self._pages if path_fits(page.pattern, path)]
        if not fitting:
            raise PageError(f"there is no page {' > '.join(path) or '(no path)'} in {self._site}")
        return min(fitting, key=lambda page: [sign == "*" for sign in page.pattern])


def path_fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Return whether a click path is the one of a pattern, in which `*` is a part that varies."""
    return len(pattern) == len(path) and all(
        sign in ("*", part) and part != "" for sign, part in zip(pattern, path, strict=True)
    )


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
