"""Two small overlays of the rotation: a password of one's own, and the account's rules for passwords."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from cxr_tui.domain.answers import whole_number
from cxr_tui.domain.password_policy import LONGEST, RULE_SWITCHES, SHORTEST, PasswordRules, rules_from, strength
from cxr_tui.domain.secret import Secret
from cxr_tui.rotation.service import RotationService
from cxr_tui.tui.fields.secret import SecretInput
from cxr_tui.tui.fields.text import Line
from cxr_tui.tui.fields.tick import Tick
from cxr_tui.tui.widgets.text_block import Drawn, wrap


class Words(Drawn):
    """Some lines of text."""

    def __init__(self, text: str, style: str = "$muted") -> None:
        super().__init__()
        self._text, self._style = text, style

    def say(self, text: str, style: str) -> None:
        """Say something else."""
        self._text, self._style = text, style
        self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the lines."""
        return [Content.styled(line, self._style) for line in wrap(self._text, width)]


class OwnPassword(ModalScreen[Secret | None], inherit_bindings=False):
    """A password that the person types; says what it lacks while they type, and shows none of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="own.close", tooltip="Back without one"),
    ]

    def __init__(self, service: RotationService) -> None:
        super().__init__()
        self._service = service

    def compose(self) -> ComposeResult:
        """Lay the line over the rotation."""
        with Vertical(classes="overlay") as box:
            box.border_title = Content("A new one of your own")
            box.border_subtitle = Content("Enter takes it, Esc closes")
            yield SecretInput()
            yield Words("It is put into the keyring beside the current one, and nowhere else.")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._judge(Secret(event.value))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        own = Secret(event.value)
        if own and not self._service.wanting(own):
            self.dismiss(own)
        else:
            self._judge(own)

    def _judge(self, own: Secret) -> None:
        words = self.query_one(Words)
        wanting = self._service.wanting(own)
        if not own:
            words.say("It is put into the keyring beside the current one, and nowhere else.", "$muted")
        elif wanting:
            words.say(f"It needs: {', '.join(wanting)}.", "$warning")
        else:
            words.say(f"In order, and {strength(own).value}. Enter takes it.", "$success")

    def action_close(self) -> None:
        """Close without one."""
        self.dismiss(None)


class RulesScreen(ModalScreen[PasswordRules | None], inherit_bindings=False):
    """What General settings > Password requirements of the account demands; asked once and kept in the journal."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="rules.close", tooltip="Back without a change"),
        Binding("f5", "take", "Take", id="rules.take", tooltip="Keep these rules"),
        Binding("tab,down", "app.focus_next", "Next", show=False, id="rules.next", tooltip="The next line"),
        Binding(
            "shift+tab,up", "app.focus_previous", "Before", show=False, id="rules.before", tooltip="The line before"
        ),
    ]

    def __init__(self, rules: PasswordRules) -> None:
        super().__init__()
        self._rules = rules

    def compose(self) -> ComposeResult:
        """Lay the rules over the rotation."""
        with Vertical(classes="overlay") as box:
            box.border_title = Content("Password requirements of the account")
            box.border_subtitle = Content("Space ticks, F5 keeps, Esc closes")
            yield Words("Responsys: Account ▸ Global settings ▸ General settings ▸ Password requirements. At least:")
            yield Line(placeholder=f"{SHORTEST} to {LONGEST} characters")
            for name, words in RULE_SWITCHES:
                yield Tick(words, bool(getattr(self._rules, name)), id=f"rule-{name}", compact=True)

    def on_mount(self) -> None:
        """Show what is kept."""
        self.query_one(Line).value = str(self._rules.minimum_length)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_take()

    def action_take(self) -> None:
        """Keep what stands here."""
        length = whole_number(self.query_one(Line).value) or 0
        if not SHORTEST <= length <= LONGEST:
            self.query_one(Words).say(f"Enter a number from {SHORTEST} to {LONGEST}.", "$warning")
            self.query_one(Line).focus()
            return
        switches = {name: int(self.query_one(f"#rule-{name}", Tick).value) for name, _ in RULE_SWITCHES}
        self.dismiss(rules_from({"minimum_length": length, **switches}))

    def action_close(self) -> None:
        """Close without a change."""
        self.dismiss(None)
