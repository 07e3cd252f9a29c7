"""One person at the wizard, whichever of its two faces they see: the same walk is asked of both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.widgets import Input

from cxr_tui.integration.integration import Integration
from cxr_tui.journal.gate import State
from cxr_tui.tui.fields.choice import ChoiceField
from cxr_tui.tui.widgets.action_buttons import StepButton
from support.drivers.plain_driver import INTERRUPT, PlainDriven, plain_driven
from support.drivers.wizard_driver import SMALL, Driven, driven

FACES = ("full-screen", "plain")


class Walker(ABC):
    """What a person can do and read, in words that fit both faces."""

    integration: Integration

    @property
    @abstractmethod
    def step_id(self) -> str:
        """The step they are at."""

    @property
    @abstractmethod
    def offered(self) -> str:
        """What Enter would do."""

    @abstractmethod
    async def words(self) -> str:
        """Return everything there is to read of the step."""

    @abstractmethod
    async def enter(self) -> None:
        """Press Enter."""

    @abstractmethod
    async def fill(self, name: str, text: str) -> None:
        """Answer one field with a line of text."""

    @abstractmethod
    async def choose(self, name: str, label: str) -> None:
        """Answer one field with one of its choices."""

    @abstractmethod
    async def act(self, act: str, *, sure: bool = True) -> None:
        """Do one thing: check, operate, confirm, fix, next, back, blocker, undo."""

    @abstractmethod
    async def begin_check(self) -> None:
        """Begin a check and do not wait for its end."""

    @abstractmethod
    async def cancel(self) -> None:
        """Cancel what is going on."""

    @abstractmethod
    async def leave(self) -> None:
        """Ask to quit."""

    def state(self, step_id: str) -> State:
        return self.integration.states()[step_id].state


class FullScreenWalker(Walker):
    """By keys, on the full screen."""

    KEYS = {  # noqa: RUF012 - never changed
        "check": "f5",
        "operate": "f6",
        "confirm": "f9",
        "fix": "ctrl+y",
        "next": "f4",
        "back": "f3",
        "blocker": "ctrl+g",
        "undo": "ctrl+z",
    }

    def __init__(self, drive: Driven) -> None:
        self.drive = drive
        self.integration = drive.integration

    @property
    def step_id(self) -> str:
        return self.drive.screen.step_id

    @property
    def offered(self) -> str:
        return str(self.drive.screen.query_one("StepButton.main", StepButton).label)

    async def words(self) -> str:
        return self.drive.words

    async def enter(self) -> None:
        self.drive.screen.pane.buttons.focus_main()
        await self.drive.press("enter")

    async def fill(self, name: str, text: str) -> None:
        field = self.drive.screen.pane.form.field(name)
        assert field is not None, name
        assert field.entrance is not None
        field.entrance.focus()
        if isinstance(field.entrance, Input):
            await self.drive.press("home", "ctrl+k")
        await self.drive.type(text)

    async def choose(self, name: str, label: str) -> None:
        field = self.drive.screen.pane.form.field(name)
        assert isinstance(field, ChoiceField)
        assert field.entrance is not None
        field.entrance.focus()
        labels = [choice.label for choice in field.view.choices]
        now = [choice.value for choice in field.view.choices].index(field.choices.chosen[0])
        by = labels.index(label) - now
        await self.drive.press(*["down" if by > 0 else "up"] * abs(by))

    async def act(self, act: str, *, sure: bool = True) -> None:
        await self.drive.press(self.KEYS[act])
        if act == "undo" and self.drive.overlaid:
            await self.drive.press(*["down"] * sure, "enter")
            await self.drive.settle()  # the answer to a question is handed on to the step

    async def begin_check(self) -> None:
        await self.drive.pilot.press("f5")
        while not self.drive.screen.busy:
            await self.drive.pilot.pause(0.01)

    async def cancel(self) -> None:
        await self.drive.press("escape")

    async def leave(self) -> None:
        await self.drive.press("ctrl+q")


class PlainWalker(Walker):
    """By typed lines, in plain mode."""

    WORDS = {  # noqa: RUF012 - never changed
        "check": "check",
        "operate": "do",
        "confirm": "confirm",
        "fix": "fix",
        "next": "next",
        "back": "back",
        "blocker": "go",
        "undo": "undo",
    }

    def __init__(self, drive: PlainDriven) -> None:
        self.drive = drive
        self.integration = drive.integration

    @property
    def step_id(self) -> str:
        *_, heading = [line for line in self.drive.talk.said if line.startswith("Step ") and " of " in line]
        return self.integration.guide.steps[int(heading.split()[1]) - 1].id

    @property
    def offered(self) -> str:
        return self.drive.offered

    async def words(self) -> str:
        before = self.drive.words
        await self.drive.type("show")
        return f"{before} {self.drive.words}"

    async def enter(self) -> None:
        await self.drive.type("")

    async def fill(self, name: str, text: str) -> None:
        await self.drive.type(f"answer {name}", text)
        if ", next [" not in self.drive.question:
            self.drive.begin("stop")  # the answer was not taken, and is asked for again
            await self.drive.settle()

    async def choose(self, name: str, label: str) -> None:
        await self.fill(name, label)

    async def act(self, act: str, *, sure: bool = True) -> None:
        await self.drive.type(self.WORDS[act])
        if self.drive.question.startswith("Undo?"):
            await self.drive.type("yes" if sure else "")
        while ", next [" not in self.drive.question:
            self.drive.begin(INTERRUPT)  # what is missing is asked for at once; here it is only read
            await self.drive.settle()

    async def begin_check(self) -> None:
        self.drive.begin("check")
        while not any("Checking" in line for line in self.drive.talk.said):
            await self._moment()

    async def _moment(self) -> None:
        import asyncio

        await asyncio.sleep(0.01)

    async def cancel(self) -> None:
        self.drive.talk.interrupt()
        await self.drive.settle()

    async def leave(self) -> None:
        await self.drive.type("quit")


@asynccontextmanager
async def walking(face: str, integration: Integration, size: tuple[int, int] = SMALL) -> AsyncIterator[Walker]:
    """Put a person before one face of the wizard."""
    if face == "plain":
        async with plain_driven(integration) as plain:
            yield PlainWalker(plain)
    else:
        async with driven(integration, size) as drive:
            yield FullScreenWalker(drive)
