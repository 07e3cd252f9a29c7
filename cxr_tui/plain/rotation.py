"""The rotation of the password in plain mode: its stages, the next action, and what is verified."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from cxr_tui.domain.password_policy import defects
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.common import RESPONSYS_PASSWORD
from cxr_tui.integration.integration import Integration
from cxr_tui.plain.console import Console, EchoUnavailableError, PromptCancelledError, carry_out
from cxr_tui.plain.vocabulary import BACK, choose
from cxr_tui.presentation.action_labels import LABELS
from cxr_tui.presentation.rotation import rotation_lines
from cxr_tui.rotation.managed_secrets import managed_secret
from cxr_tui.rotation.password_age import age_of
from cxr_tui.rotation.sandbox_driver import ACTIONS
from cxr_tui.rotation.service import RotationService
from cxr_tui.rotation.status import (
    RotationAction,
    RotationStatus,
    available_actions,
    go_back_words,
    go_on_words,
)

_WORDS = {
    RotationAction.GO_ON: "go",
    RotationAction.OPERATE: "do",
    RotationAction.USE_SECRET: "reveal",
    RotationAction.GO_BACK: "undo",
    RotationAction.OWN: "own",
    RotationAction.AFTER_RESET: "reset",
}


class RotationMenu:
    """Takes a person through one rotation; the journal has all of its state."""

    def __init__(
        self,
        integration: Integration,
        console: Console,
        item: str = RESPONSYS_PASSWORD,
        *,
        back: str = "Back to the steps",
    ) -> None:
        """`back` names the place to return to."""
        self._integration = integration
        self._console = console
        self._back = back
        self._service = RotationService(integration, managed_secret(item))
        self.status = self._service.status()
        """The status after the last action."""

    async def run(self) -> None:
        """Answer commands until the person leaves. Raises ExitRequestedError."""
        self._print()
        ended = False
        while True:
            now = available_actions(self.status, sandboxed=self._integration.sandboxed)
            default, label = (BACK, self._back) if ended else self._sensible(now)
            offered = {_WORDS[act]: self._does(act) for act in RotationAction if act in now} | {
                "show": "print all of this again"
            }
            typed = await choose(self._console, "Rotation", offered, default, label, self._back.lower())
            if typed.word == BACK:
                return
            if typed.word == "show":
                self._print()
                continue
            await self._act(next(act for act, word in _WORDS.items() if word == typed.word))
            ended = self.status.rotation is not None and not self.status.rotation.open

    def _sensible(self, now: frozenset[RotationAction]) -> tuple[str, str]:
        if RotationAction.OPERATE in now:
            return _WORDS[RotationAction.OPERATE], LABELS["operate"]
        return _WORDS[RotationAction.GO_ON], go_on_words(self.status)

    def _does(self, act: RotationAction) -> str:
        return {
            RotationAction.GO_ON: f"{go_on_words(self.status)}; your part is verified",
            RotationAction.OPERATE: "do it for me: the sandbox does the browser part, to the end",
            RotationAction.USE_SECRET: "print the password to enter; it stays visible on this terminal",
            RotationAction.GO_BACK: f"{go_back_words(self.status)[0]}, after a question",
            RotationAction.OWN: "begin with a new password of your choice, not shown while you type",
            RotationAction.AFTER_RESET: "the password was reset: allow two more login attempts",
        }[act]

    async def _act(self, act: RotationAction) -> None:
        match act:
            case RotationAction.OWN:
                own = await self._ask_own()
                if own is not None:
                    await self._do(partial(self._service.begin, own))
            case RotationAction.USE_SECRET if self.status.todo is not None:
                await self._console.print_secret(self._integration.world.credentials, self.status.todo.secret)
            case RotationAction.GO_BACK:
                if await self._console.agrees(go_back_words(self.status)[1]):
                    await self._do(self._service.abort)
            case _:
                await self._do(partial(ACTIONS[act], self._service))

    async def _do(self, act: Callable[[], Awaitable[RotationStatus]]) -> None:
        async def work(tell: Callable[[str], None]) -> RotationStatus:
            self._service.progress = tell
            return await act()

        status = await carry_out(self._console, work)
        self.status = status if status is not None else self._service.status()
        self._print()

    def _print(self) -> None:
        status, integration, say = self.status, self._integration, self._console.say
        say()
        say(age_of(integration.name, status.secret, integration.journal_state(), integration.world.now()).reason)
        self._console.print(rotation_lines(status, integration.world.credentials.store))

    async def _ask_own(self) -> Secret | None:
        """Ask for a password until it fits the rules; None where the person cancels."""
        store = self._service.integration.world.credentials.store
        while True:
            try:
                own = await self._console.ask_secret(f"New password (not shown; stored in {store}; Enter cancels): ")
            except PromptCancelledError:
                return None
            except EchoUnavailableError:
                self._console.say("This terminal cannot hide typing, so no password is asked for here.")
                return None
            if not own:
                return None
            wanting = defects(own)
            if not wanting:
                self._console.say("In order.")
                return own
            self._console.say(f"Not accepted. It needs: {', '.join(wanting)}.")
