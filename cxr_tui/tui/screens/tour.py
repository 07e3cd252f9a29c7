"""The tour: what this program does and how one finds the way in it, in two minutes of reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen

from cxr_tui.domain.text import counted
from cxr_tui.guide.registry import GUIDE
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.values import STATE_MEANINGS
from cxr_tui.tui.actions.action import Action, Scope, bindings
from cxr_tui.tui.actions.keymap import keymap_of
from cxr_tui.tui.actions.table import BY_ID, TOUR_ACTIONS
from cxr_tui.tui.messages import ActionPressed
from cxr_tui.tui.widgets.header import Header, TooSmall
from cxr_tui.tui.widgets.keybar import KeyBar
from cxr_tui.tui.widgets.text_block import Drawn, hanging

KeyOf = Callable[[str], str]


@dataclass(frozen=True)
class TourPage:
    """One page: what it is about, a paragraph or two, and rows of a term with its meaning."""

    title: str
    text: str
    """Paragraphs, one a line."""
    rows: tuple[tuple[str, str], ...] = ()


def pages(key: KeyOf) -> tuple[TourPage, ...]:
    """Return all pages; `key` tells the key in force of an action of the wizard."""
    counts = Counter(step.part.stage for step in GUIDE.steps)
    return (
        TourPage(
            "Two products, one integration",
            f"Setting up the integration takes {len(GUIDE.steps)} documented steps, some of them in a browser. For "
            "each step the wizard tells you what to enter where, then checks it. You get campaign behavioral data "
            "for your Responsys-integrated Customer Data List, and publish audiences to Responsys.\n"
            "In the sandbox it also does the browser part, so you can see a complete setup in a few minutes.",
            tuple((stage.value, counted(count, "step")) for stage, count in counts.items()),
        ),
        TourPage(
            "A step",
            "First stands what the screen is for, then the fields, then where to click in the product and which values "
            "to enter there. What can be known is filled in already.",
            (
                ("Enter", "goes to the next field; on the button it does the sensible next thing"),
                (key("copy"), "copies a value, to be pasted in the product"),
                (key("check"), "saves what you typed and checks it"),
                (key("operate"), "sandbox: has it done in the browser for you"),
                (key("undo"), "takes back what was typed or saved last"),
            ),
        ),
        TourPage(
            "Evidence, not promises",
            "A step opens once those before it are done, and a locked step names that step. Verified means "
            "that a check saw the evidence; where no check can look, you confirm, and the report says so.",
            tuple((STATES[state].text, meaning) for state, meaning in STATE_MEANINGS.items()),
        ),
        TourPage(
            "When something is wrong",
            "A failing check says what was seen, what it would lead to and what to do about it, with the value to "
            "enter. Mend it in the product, then check again.\n"
            "A refused login is never repeated by itself, so that nobody is locked out.",
            (
                (key("check"), "checks this step again, and nothing else"),
                (key("put_right"), "takes over the right value where a finding offers one"),
                (key("help"), "tells the facts behind a field, and where they are documented"),
            ),
        ),
        TourPage(
            "Finding the way",
            "Nothing has to be remembered: the bottom line shows keys, and the palette has everything by name.",
            (
                (key("palette"), "everything that can be done now"),
                (key("steps"), "the list of all steps"),
                (key("overview"), "the whole integration: five stages, who waits for whom"),
                (key("search"), "finds a step, a field, a value or a finding by any word"),
                (key("review"), "every value, with where it came from, before anything is sent"),
            ),
        ),
        TourPage(
            "Afterwards",
            "Secrets lie in the system's keyring and nowhere else. Everything saved is kept: quit whenever you "
            "like, and you come back to the right step.",
            (
                (key("preflight"), "reads an exported file as its import will"),
                (key("jobs"), "tells whether the jobs run"),
                (key("rotate"), "exchanges the password on both sides"),
                (key("quit"), "leaves"),
            ),
        ),
    )


class TourText(Drawn):
    """One page of the tour."""

    def __init__(self) -> None:
        super().__init__(id="tour-text")
        self._page = TourPage("", "")

    def show(self, page: TourPage) -> None:
        """Show another page."""
        self._page = page
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return title, paragraphs and rows."""
        width = min(width, 88)
        lines = [Content.styled(self._page.title, "$accent bold"), Content("")]
        for text in self._page.text.splitlines():
            lines += [*hanging(Content(""), text, width), Content("")]
        column = max((len(term) for term, _ in self._page.rows), default=0)
        for term, meaning in self._page.rows:
            lines += hanging(Content.styled(f"{term:<{column}}   ", "bold"), meaning, width, "$muted")
        return lines


class TourScreen(Screen[None], inherit_bindings=False):
    """The tour over whatever was there; nothing changes by it."""

    CSS_PATH = "../theme/styles/tour.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TOUR_ACTIONS, Scope.TOUR)]

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self._pages: tuple[TourPage, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out header, page, keys."""
        yield Header("tour")
        with VerticalScroll(id="tour", can_focus=False):
            yield TourText()
        yield KeyBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Begin at the first page."""
        keys = keymap_of(self.app)
        self._pages = pages(lambda name: keys.shown(BY_ID[name]))
        self.query_one(KeyBar).show(self.offered())
        self._show()

    def offered(self) -> list[tuple[Action, str]]:
        """Return what can be done, for the bottom line."""
        return [(action, action.label) for action in TOUR_ACTIONS]

    async def on_action_pressed(self, event: ActionPressed) -> None:
        """Carry out what was clicked."""
        event.stop()
        await self.run_action(next(one.handler for one in TOUR_ACTIONS if one.id == event.action))

    def action_next(self) -> None:
        """Show the next page; behind the last one, go back to where the tour began."""
        if self._at + 1 < len(self._pages):
            self._at += 1
            self._show()
        else:
            self.dismiss(None)

    def action_back(self) -> None:
        """Show the page before."""
        self._at = max(self._at - 1, 0)
        self._show()

    def action_close(self) -> None:
        """Leave the tour."""
        self.dismiss(None)

    def _show(self) -> None:
        self.query_one(TourText).show(self._pages[self._at])
        self.query_one(VerticalScroll).scroll_home(animate=False)
        count = len(self._pages)
        self.query_one(Header).show("", f"{self._at + 1} of {count}", share=(self._at + 1) / count)
