"""The rotation's screen: its stage, what to do now and in whose browser, and what is verified."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.worker import Worker

from cxr_tui.domain.text import visible
from cxr_tui.rotation.password_age import age_of
from cxr_tui.rotation.sandbox_driver import ACTIONS
from cxr_tui.rotation.service import RotationService
from cxr_tui.rotation.status import (
    STAGE_WORDS,
    RotationAction,
    RotationStatus,
    available_actions,
    go_back_words,
    go_on_words,
)
from cxr_tui.tui.actions.table import Action
from cxr_tui.tui.dialogs.own_password import OwnPassword
from cxr_tui.tui.screens.action_screen import WorkScreen
from cxr_tui.tui.secret_clipboard import SecretOnRequest
from cxr_tui.tui.widgets.header import WorkLine
from cxr_tui.tui.widgets.rotation_detail import RotationSheet, rotation_blocks

_WORK = "rotation"


class RotationScreen(WorkScreen[None], scope="rotation"):
    """One rotation; Enter does what comes next."""

    CSS_PATH = "../theme/styles/rotation.tcss"
    AUTO_FOCUS = "#rotation-scroll"
    EVERYWHERE: ClassVar[tuple[Action, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "main", "Next", show=False, id="rotation.main", tooltip="Do what comes next"),
    ]

    def __init__(self, service: RotationService, clipboard_seconds: float) -> None:
        super().__init__(f"{service.integration.name}   rotation")
        self._service = service
        service.progress = self._progress
        self._status = service.status()
        self._sheet = RotationSheet()
        credentials = service.integration.world.credentials
        self._secret = SecretOnRequest(self, credentials, self._reveal, clipboard_seconds)
        self._in_sandbox = service.integration.world.operator is not None

    def body(self) -> Iterable[Widget]:
        """Return the rotation, and what is being done."""
        yield VerticalScroll(self._sheet, id="rotation-scroll")
        yield WorkLine()

    def on_mount(self) -> None:
        """Show the state of the rotation."""
        self.draw()

    def on_unmount(self) -> None:
        """Leave no secret behind."""
        self._secret.leave()

    def draw(self) -> None:
        """Draw everything from the newest status."""
        integration, rotation = self._service.integration, self._status.rotation
        age = age_of(integration.name, self._status.secret, integration.journal_state(), integration.world.now())
        self._sheet.show(rotation_blocks(self._status, age.reason, self._sheet.secret()))
        stage = STAGE_WORDS[rotation.stage] if rotation is not None else "not begun"
        self.header.show("sandbox" if self._in_sandbox else "", stage)
        self.show_keys()

    def offers(self, action_id: str) -> bool:
        """Say whether an action makes sense now."""
        now = available_actions(self._status, sandboxed=self._in_sandbox)
        if action_id in ("copy", "reveal"):
            return RotationAction.USE_SECRET in now
        return not self.busy and (action_id == "leave" or RotationAction(action_id) in now)

    def label_of(self, action: Action) -> str:
        """Return what an action is called now."""
        match action.id:
            case "go_on":
                return go_on_words(self._status)
            case "go_back":
                return go_back_words(self._status)[0]
            case "reveal" if self._sheet.revealed:
                return "Hide"
            case _:
                return action.label

    # Work

    def _progress(self, said: str) -> None:
        if self.is_attached and self.busy:
            self.work_line.busy(visible(said))

    def _start(self, act: Callable[[], Awaitable[RotationStatus]]) -> None:
        if not self.busy:
            self._secret.hide()
            self.start(_WORK, act, "One moment")

    def ended(self, worker: Worker[object]) -> None:
        """Take over the new status, or show what went wrong."""
        super().ended(worker)
        if isinstance(worker.result, RotationStatus):
            self._status = worker.result
            self.query_one("#rotation-scroll").scroll_home(animate=False)

    # Actions

    def action_main(self) -> None:
        """Do what comes next."""
        self.action_act("operate" if self.offers("operate") else "go_on")

    def action_act(self, name: str) -> None:
        """Carry out an action that needs nothing from the person."""
        self._start(partial(ACTIONS[RotationAction(name)], self._service))

    def action_go_back(self) -> None:
        """Ask once, then give up or go back."""
        label, question = go_back_words(self._status)
        self.agree(question, "No, stay", f"Yes: {label.lower()}", lambda _: self.action_act("go_back"))

    def action_own(self) -> None:
        """Begin with a new one that the person types."""
        self.ask(OwnPassword(), lambda own: self._start(partial(self._service.begin, own)))

    def action_copy(self) -> None:
        """Copy the secret that the person has to enter."""
        self._secret.copy(self._secret_item)

    def action_reveal(self) -> None:
        """Show the secret for a while, or hide it."""
        self._secret.toggle(self._secret_item)

    @property
    def _secret_item(self) -> str:
        """The keyring item of the secret to enter; the actions that use it are offered only where there is one."""
        return self._status.todo.secret if self._status.todo else ""

    def _reveal(self, text: str) -> None:
        self._sheet.revealed = text
        self.draw()
