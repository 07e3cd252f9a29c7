"""Driving plain mode as a person does: a line in, plain lines out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from cxr_tui.domain.secret import Secret
from cxr_tui.integration.integration import Integration
from cxr_tui.plain.app import PlainApp
from cxr_tui.plain.console import Console, ExitRequestedError, PromptCancelledError

LEAVE, INTERRUPT = "\x04", "\x03"
"""What the keys Ctrl+D and Ctrl+C send."""


class ScriptedTalk(Console):
    """Answers questions with what a test types; keeps everything that was said."""

    seen = True

    def __init__(self) -> None:
        self.said: list[str] = []
        self.typed: asyncio.Queue[str] = asyncio.Queue()
        self.idle = asyncio.Event()
        self._cancel: Callable[[], object] | None = None

    def say(self, text: str = "") -> None:
        self.said.append(text)

    def reveal(self, secret: Secret) -> None:
        self.said.append(secret.reveal())

    async def ask(self, question: str) -> str:
        self.said.append(question)
        self.idle.set()
        text = await self.typed.get()
        if text == LEAVE:
            raise ExitRequestedError
        if text == INTERRUPT:
            raise PromptCancelledError
        return text.strip()

    async def ask_secret(self, question: str) -> Secret:
        return Secret(await self.ask(question))

    @contextmanager
    def cancelled_by(self, cancel: Callable[[], object]) -> Iterator[None]:
        self._cancel = cancel
        try:
            yield
        finally:
            self._cancel = None

    def interrupt(self) -> None:
        """Press Ctrl+C while something runs."""
        assert self._cancel is not None
        self._cancel()


class PlainDriven:
    """A running conversation."""

    def __init__(self, integration: Integration, talk: ScriptedTalk, task: asyncio.Task[None]) -> None:
        self.integration = integration
        self.talk = talk
        self.task = task
        self._from = 0

    @property
    def text(self) -> str:
        """What was said since the last line was typed."""
        return "\n".join(self.talk.said[self._from :])

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    @property
    def question(self) -> str:
        """What is asked now."""
        return self.talk.said[-1]

    @property
    def offered(self) -> str:
        """What Enter stands for."""
        match = re.search(r"\[(.*)\]: $", self.question)
        assert match is not None, self.question
        return match[1]

    async def type(self, *lines: str) -> None:
        """Type lines, each when it is asked for, and wait for the question after the last one."""
        self._from = len(self.talk.said)
        for line in lines:
            self.begin(line)
            await self.settle()

    def begin(self, line: str) -> None:
        """Type one line and do not wait."""
        self.talk.idle.clear()
        self.talk.typed.put_nowait(line)

    async def settle(self) -> None:
        """Wait for the next question, or for the end."""
        asked = asyncio.ensure_future(self.talk.idle.wait())
        await asyncio.wait({asked, self.task}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if self.task.done():
            self.task.result()


@asynccontextmanager
async def plain_driven(integration: Integration, why: str = "--plain") -> AsyncIterator[PlainDriven]:
    """Run plain mode without a terminal, as far as its first question."""
    talk = ScriptedTalk()
    task = asyncio.ensure_future(PlainApp(integration, talk, why).run())
    drive = PlainDriven(integration, talk, task)
    await drive.settle()
    try:
        yield drive
    finally:
        task.cancel()
        await asyncio.wait({task})
