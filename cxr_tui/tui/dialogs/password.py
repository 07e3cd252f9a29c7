"""Dialogs of the rotation: the person's own password, and the account's rules for passwords."""

from __future__ import annotations

from collections.abc import Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from cxr_tui.domain.answers import whole_number
from cxr_tui.domain.password_policy import LONGEST, RULE_SWITCHES, SHORTEST, PasswordRules, rules_from
from cxr_tui.domain.secret import Secret
from cxr_tui.rotation.service import RotationService
from cxr_tui.tui.dialogs.base import Dialog, FormDialog, Note
from cxr_tui.tui.fields.secret import SecretInput
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.fields.tick import Tick

_STORED = "It is stored in the keyring beside the current password, and nowhere else."


class OwnPassword(Dialog[Secret]):
    """A password that the person types; says what it lacks while they type, and shows none of it."""

    def __init__(self, service: RotationService) -> None:
        super().__init__("Your own new password", "Enter takes it, Esc closes")
        self._service = service

    def body(self) -> Iterable[Widget]:
        """Return the masked line, and what is said of its text."""
        yield SecretInput()
        yield Note(_STORED)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._judge(Secret(event.value))

    @on(Input.Submitted)
    def _enter(self, event: Input.Submitted) -> None:
        event.stop()
        own = Secret(event.value)
        if own and not self._service.wanting(own):
            self.dismiss(own)
        else:
            self._judge(own)

    def _judge(self, own: Secret) -> None:
        note = self.query_one(Note)
        wanting = self._service.wanting(own)
        if not own:
            note.say(_STORED)
        elif wanting:
            note.say(f"It needs: {', '.join(wanting)}.", "$warning")
        else:
            note.say("In order. Enter takes it.", "$success")


class RulesScreen(FormDialog[PasswordRules]):
    """The account's password requirements; asked once and kept in the journal."""

    def __init__(self, rules: PasswordRules) -> None:
        super().__init__("Password requirements of the account", "Space selects, F5 saves, Esc closes")
        self._rules = rules

    def body(self) -> Iterable[Widget]:
        """Return the shortest length and a box for each other rule."""
        yield Note("Responsys: Account ▸ Global settings ▸ General settings ▸ Password requirements. At least:")
        yield Line(value=str(self._rules.minimum_length), placeholder=f"{SHORTEST} to {LONGEST} characters")
        for name, words in RULE_SWITCHES:
            yield Tick(words, bool(getattr(self._rules, name)), id=f"rule-{name}", compact=True)

    def action_take(self) -> None:
        """Take the rules."""
        length = whole_number(self.query_one(Line).value) or 0
        if not SHORTEST <= length <= LONGEST:
            self.query_one(Note).say(f"Enter a number from {SHORTEST} to {LONGEST}.", "$warning")
            self.query_one(Line).focus()
            return
        switches = {name: int(self.query_one(f"#rule-{name}", Tick).value) for name, _ in RULE_SWITCHES}
        self.dismiss(rules_from({"minimum_length": length, **switches}))
