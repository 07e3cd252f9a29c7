"""One step of a setup on the screen: laid out, drawn, walked through; nothing is set going here."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen

from cxr_tui.guided import actions
from cxr_tui.guided.action_context import ActionContext, PrimaryAction, context_at
from cxr_tui.guided.drafts import Drafts
from cxr_tui.guided.step_view import StepView, build_step_view
from cxr_tui.integration.integration import Integration
from cxr_tui.preflight.rehearsal_key.progress import reminder as rehearsal_reminder
from cxr_tui.rotation.password_age import reminder
from cxr_tui.tui.actions.action import Action
from cxr_tui.tui.actions.table import ACTIONS
from cxr_tui.tui.messages import FieldChanged, FieldDone, SecretChanged
from cxr_tui.tui.screens.help import HelpPane, HelpText
from cxr_tui.tui.widgets.header import Header, TooSmall
from cxr_tui.tui.widgets.keybar import KeyBar
from cxr_tui.tui.widgets.step_list import Rail, StageStrip
from cxr_tui.tui.widgets.step_view import StepPane

if TYPE_CHECKING:
    from cxr_tui.tui.app import WizardApp


class StepScreen(Screen[None], inherit_bindings=False):
    """A view of the setup at one step: draws what the journal says and keeps what is typed as drafts."""

    AUTO_FOCUS = ""
    CSS_PATH = "../theme/styles/step.tcss"

    def __init__(self, integration: Integration) -> None:
        super().__init__()
        self.integration = integration
        self.step_id = integration.current()
        self._drafts = Drafts()
        self._last: dict[str, actions.ActionResult] = {}
        self._operated: set[str] = set()
        self._working_at = ""
        self._draw_due = False
        self._drawing = asyncio.Lock()
        """Held while fields come and go: an overlay's answer and the end of work can both draw."""

    def compose(self) -> ComposeResult:
        """Lay out header, stages, rail, step, help, keys."""
        yield Header(self.integration.name, sandboxed=self.integration.sandboxed)
        yield StageStrip(self.integration.guide)
        with Horizontal(id="main"):
            yield Rail(self.integration.guide, self.integration.states(), self.step_id, id="rail")
            yield StepPane()
            with VerticalScroll(id="help", can_focus=False):
                yield HelpPane(id="help-text")
        yield KeyBar()
        yield TooSmall()

    async def on_mount(self) -> None:
        """Show the step to resume at."""
        await self.go_to(self.step_id)
        self.set_interval(1.0, self._show_time)

    @property
    def pane(self) -> StepPane:
        """The step."""
        return self.query_one(StepPane)

    @property
    def wizard_app(self) -> WizardApp:
        """The app, under its own type."""
        return cast("WizardApp", self.app)

    @property
    def busy(self) -> bool:
        """Whether a check or the operator is at work."""
        return bool(self._working_at)

    @property
    def unsaved(self) -> int:
        """How many values were typed and not confirmed, at all steps."""
        elsewhere = len(self._drafts) - len(self._drafts.of(self.step_id))
        return elsewhere + len(self.entry().typed) + len(self.pane.form.secrets())

    def entry(self) -> actions.FormData:
        """Return what is typed at the step that is shown."""
        form = self.pane.form
        return actions.FormData({**self._drafts.of(self.step_id), **form.unheard()}, form.secrets_due())

    def step_view(self) -> StepView:
        """Look at the step that is shown."""
        entered = dict(self._drafts.of(self.step_id))
        return build_step_view(self.integration, self.step_id, entered, self._last.get(self.step_id))

    def context(self, step_view: StepView | None = None) -> ActionContext:
        """Look at what can be done now; a picture taken a moment ago need not be taken again."""
        step_view = step_view or self.step_view()
        return context_at(
            self.integration,
            step_view,
            changed=bool(step_view.entered or self.pane.form.secrets()),
            operated=self.step_id in self._operated,
            working=self.busy,
        )

    async def go_to(self, step_id: str) -> None:
        """Show a step and put the focus where the work goes on."""
        self.step_id = step_id
        await self.draw()
        field = self.pane.form.first_open()
        if field is not None and self.context().main is not PrimaryAction.OPERATE:
            self.set_focus(field)
        else:
            self.pane.buttons.focus_main()

    async def draw(self) -> None:
        """Draw everything from the setup."""
        async with self._drawing:
            self._draw_due = False
            states, step_view = self.integration.states(), self.step_view()
            await self.pane.show(step_view)
            self.query_one(StageStrip).show(states, self.step_id)
            self.query_one(Rail).show(states, self.step_id)
            now = self.context(step_view)
            await self.offer(now)
            self._show_time()
            self._show_help(now)

    async def offer(self, now: ActionContext | None = None) -> None:
        """Show buttons and keys for what can be done now."""
        now = now or self.context()
        guide, blocker = self.integration.guide, now.state.blocked_by
        named = f"step {guide.number(blocker)}, {guide.step(blocker).title}" if blocker else ""
        await self.pane.buttons.show(now, named)
        in_bar = [action for action in ACTIONS if action.in_bar and action.when(now)]
        self.query_one(KeyBar).show([(action, action.label) for action in in_bar])

    def _show_time(self) -> None:
        states = self.integration.states()
        holds = sum(state.done for state in states.values())
        badge = (
            f"sandbox time {self.integration.server_time():%Y-%m-%d %H:%M} UTC" if self.integration.sandboxed else ""
        )
        self.query_one(Header).show(
            badge, f"{holds} of {len(states)} done", self._reminder(), share=holds / max(len(states), 1)
        )

    def _reminder(self) -> str:
        """Return a few words where the password, or a rehearsal's key, wants attention."""
        journal = self.integration.journal_state()
        return rehearsal_reminder(journal) or reminder(journal, self.integration.server_time())

    def help_text(self) -> HelpText:
        """Return help for the field that has the focus and for the step."""
        field = self.pane.form.of(self.focused)
        step = self.integration.guide.step(self.step_id)
        number = self.integration.guide.number(self.step_id)
        carried = tuple(one.view for one in self.pane.form.fields if one.view.field.origin)
        return HelpText(step, number, field.view if field else None, field.hint.problem if field else "", carried)

    def _show_help(self, now: ActionContext | None = None) -> None:
        self.query_one(HelpPane).show_help(self.help_text(), self.possible(now))

    def possible(self, now: ActionContext | None = None) -> tuple[Action, ...]:
        """Return the actions that make sense now."""
        now = now or self.context()
        return tuple(action for action in ACTIONS if action.when(now))

    def on_descendant_focus(self) -> None:
        """Help follows the focus."""
        self._show_help()

    # What was typed

    def on_key(self, event: events.Key) -> None:
        """Let no key that prints a character act while a secret is asked for: it may be the beginning of one."""
        chooses = event.key == "space" and self.pane.form.of(self.focused) is not None
        if event.is_printable and not chooses and self.pane.form.secret_fields:
            event.stop()

    def on_field_changed(self, event: FieldChanged) -> None:
        """Keep what was typed as a draft, and show what follows from it once what was typed is painted."""
        event.stop()
        self._drafts.take(self.integration, self.step_id, event.name, event.value)
        field = self.pane.form.field(event.name)
        if field is not None:
            field.heard()
        if not self._draw_due:
            self._draw_due = True
            # handed back to this screen's own turn, so that nothing else is taken over while it is drawn
            self.call_after_refresh(self.call_later, self._draw_what_follows)

    async def _draw_what_follows(self) -> None:
        """Draw what follows from something typed a moment ago, where that has not happened yet."""
        if self._draw_due:
            await self.draw()

    async def on_secret_changed(self, event: SecretChanged) -> None:
        """Offer what a typed secret makes possible, and show where it is typed."""
        event.stop()
        field = self.pane.form.field(event.name)
        if field is not None:
            self.pane.body.scroll_to_widget(field, animate=False)
        await self.offer()

    async def on_field_done(self, event: FieldDone) -> None:
        """Go to the next field, behind the last one to the main button."""
        event.stop()
        await self._draw_what_follows()  # it decides which fields there are
        following = self.pane.form.after(event.name)
        if following is not None:
            self.set_focus(following)
        else:
            self.pane.buttons.focus_main()
