"""The browser side of the twins: screens by click path, with their labels and buttons, and what visiting them does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias


class PageError(Exception):
    """A page refuses what was entered or pressed; the text is what the screen says."""


@dataclass(frozen=True)
class Upload:
    """A local file chosen in an upload dialog."""

    name: str
    data: bytes


@dataclass
class PageVisit:
    """One visit of a screen; without entries and buttons it is a look."""

    path: tuple[str, ...]
    entries: dict[str, Any] = field(default_factory=dict)
    """By label: text, bool, list of texts, mapping of texts, or `Upload`."""
    press: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    """The parts of the path in the place of a `*` in the page's own."""

    @property
    def is_look(self) -> bool:
        """Whether nothing was entered and nothing pressed."""
        return not self.entries and not self.press

    def text(self, label: str, otherwise: str = "") -> str:
        """Return what was typed or chosen under a label; PageError when it is not text."""
        value = self.entries.get(label, otherwise)
        if not isinstance(value, str):
            raise PageError(f"{label}: one value is expected here")
        return value

    def flag(self, label: str, otherwise: bool = False) -> bool:
        """Return whether a box was ticked; PageError when the value is not a tick."""
        value = self.entries.get(label, otherwise)
        if not isinstance(value, bool):
            raise PageError(f"{label}: this is a check box")
        return value

    def lines(self, label: str) -> list[str]:
        """Return what was ticked in a check list; PageError when the value is not a list of texts."""
        value = self.entries.get(label, [])
        if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
            raise PageError(f"{label}: a list of values is expected here")
        return list(value)

    def pairs(self, label: str) -> dict[str, str]:
        """Return pairs of names; PageError when the value is not pairs."""
        value = self.entries.get(label, {})
        if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
            raise PageError(f"{label}: pairs of names are expected here")
        return dict(value)

    def upload(self, label: str) -> Upload:
        """Return the chosen file; PageError without a file."""
        value = self.entries.get(label)
        if not isinstance(value, Upload):
            raise PageError(f"{label}: choose a file")
        return value


@dataclass
class PageShows:
    """What a screen shows after a visit."""

    message: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """By label: file name and content."""


Handler: TypeAlias = Callable[[PageVisit], Awaitable[PageShows]]


@dataclass(frozen=True)
class _Page:
    pattern: tuple[str, ...]
    labels: frozenset[str]
    buttons: frozenset[str]
    handler: Handler


class Pages:
    """The screens of one site.

    A path, label or button that the site does not have is refused by name, so that an instruction that would mislead a
    person fails in rehearsal too.
    """

    def __init__(self, site: str = "") -> None:
        self._site = site
        self._pages: list[_Page] = []

    def page(self, *path: str, labels: Sequence[str] = (), buttons: Sequence[str] = ()) -> Callable[[Handler], Handler]:
        """Register a screen under its click path; `*` is a part that varies, such as a job's name.

        `labels` are all that can be entered there, `buttons` all that can be pressed.
        """

        def register(handler: Handler) -> Handler:
            self._pages.append(_Page(path, frozenset(labels), frozenset(buttons), handler))
            return handler

        return register

    async def visit(
        self, path: Sequence[str], entries: Mapping[str, Any] | None = None, press: Sequence[str] = ()
    ) -> PageShows:
        """Visit a screen; PageError for an unknown path, label or button, and whatever the screen itself refuses."""
        page = self._find(tuple(path))
        where = " > ".join(path)
        entries = dict(entries or {})
        for label in entries:
            if label not in page.labels:
                raise PageError(f'there is no "{label}" on {where}; {_offers("it asks for", page.labels)}')
        for button in press:
            if button not in page.buttons:
                raise PageError(f'there is no button "{button}" on {where}; {_offers("its buttons are", page.buttons)}')
        matched = tuple(part for part, sign in zip(path, page.pattern, strict=True) if sign == "*")
        return await page.handler(PageVisit(tuple(path), entries, tuple(press), matched))

    def _find(self, path: tuple[str, ...]) -> _Page:
        fitting = [page for page in self._pages if path_fits(page.pattern, path)]
        if not fitting:
            site = f" in {self._site}" if self._site else ""
            raise PageError(f"there is no page {' > '.join(path) or '(no path)'}{site}")
        return min(fitting, key=lambda page: [sign == "*" for sign in page.pattern])


def path_fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Return whether a click path is the one of a pattern, in which `*` is a part that varies."""
    return len(pattern) == len(path) and all(
        sign in ("*", part) and part != "" for sign, part in zip(pattern, path, strict=True)
    )


def _offers(lead: str, names: frozenset[str]) -> str:
    return f"{lead} {', '.join(sorted(names))}" if names else f"{lead} nothing"
