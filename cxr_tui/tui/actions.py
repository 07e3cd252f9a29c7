"""Every action of the wizard, once: keys, footer, buttons, palette and help are all made from this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.binding import Binding

from cxr_tui.setup.situation import Main, Situation


def _always(_: Situation) -> bool:
    return True


@dataclass(frozen=True)
class Action:
    """One thing a person can do."""

    id: str
    key: str
    """Textual's name of the key; several are separated by commas. Empty: button and palette only."""
    shown_key: str
    label: str
    tooltip: str
    handler: str
    """Name of the screen's action method, without `action_`."""
    when: Callable[[Situation], bool] = _always
    in_bar: bool = False
    """Whether the bottom line offers it; the step's own actions are buttons instead."""
    in_palette: bool = True
    short: str = ""
    """A shorter label, for buttons where the line is too short for all of them."""

    def binding(self) -> Binding:
        """Return the key binding."""
        return Binding(
            self.key,
            self.handler,
            self.label,
            show=self.in_bar,
            key_display=self.shown_key,
            tooltip=self.tooltip,
            id=f"wizard.{self.id}",
        )


ACTIONS = (
    Action("help", "f1", "F1", "Help", "Say what this field and this step are about", "help", in_bar=True),
    Action("steps", "f2", "F2", "Steps", "Show all steps and go to one", "steps", in_bar=True),
    Action(
        "back",
        "f3",
        "F3",
        "Back",
        "Go to the step before; answers stay",
        "back",
        lambda now: not now.first,
        in_bar=True,
    ),
    Action("next", "f4", "F4", "Next", "Go to the next step", "next", lambda now: not now.last, in_bar=True),
    Action(
        "check",
        "f5",
        "F5",
        "Confirm and check",
        "Write the answers to the journal and look whether they hold",
        "check",
        lambda now: now.open,
        short="Check",
    ),
    Action(
        "operate",
        "f6",
        "F6",
        "Do it for me",
        "Sandbox: make the visits, bring the values back, confirm and check",
        "operate",
        lambda now: now.can_operate,
        short="Do it",
    ),
    Action(
        "copy",
        "f7",
        "F7",
        "Copy",
        "Copy a value of the instruction to the clipboard",
        "copy",
        lambda now: now.has_values,
        in_bar=True,
    ),
    Action(
        "browse",
        "f8",
        "F8",
        "Open",
        "Open the product's page in the browser",
        "browse",
        lambda now: now.has_links and not now.sandboxed,
        in_bar=True,
    ),
    Action(
        "attest",
        "f9",
        "F9",
        "I have done this",
        "Give your word where no machine can see the evidence",
        "attest",
        lambda now: now.can_attest,
        short="Done",
    ),
    Action(
        "put_right",
        "ctrl+y",
        "^Y",
        "Put it right",
        "Take over the value that the finding names, and check again",
        "put_right",
        lambda now: now.can_put_right,
    ),
    Action(
        "blocker",
        "ctrl+g",
        "^G",
        "Go to the step that locks this one",
        "Go to the first step that does not hold",
        "blocker",
        lambda now: bool(now.state.blocked_by),
    ),
    Action("resume", "", "", "Go to the first open step", "Where the work goes on", "resume"),
    Action(
        "cancel",
        "escape",
        "Esc",
        "Cancel",
        "Stop the running check; nothing is written then",
        "cancel",
        lambda now: now.working,
    ),
    Action(
        "palette",
        "ctrl+p",
        "^P",
        "Actions",
        "Find an action or a step by name",
        "app.command_palette",
        in_palette=False,
        in_bar=True,
    ),
    Action(
        "jobs",
        "ctrl+r",
        "^R",
        "Jobs",
        "See whether the jobs run: their state, runs and logs",
        "app.show_jobs",
        lambda now: now.has_jobs,
    ),
    Action(
        "preflight",
        "ctrl+s",
        "^S",
        "Preflight",
        "Read a file as its import will: what would be rejected, cut or lost, and why",
        "app.preflight",
        lambda now: now.has_file,
    ),
    Action(
        "rotate",
        "ctrl+o",
        "^O",
        "Rotate the password",
        "A new password on both sides, without locking anyone out",
        "app.rotate",
        lambda now: now.has_password,
    ),
    Action(
        "review",
        "ctrl+l",
        "^L",
        "Review all values",
        "Every value of this step or of all, with where it came from, before anything is sent",
        "review",
    ),
    Action(
        "dry_run",
        "",
        "",
        "Dry run",
        "List each request, file and keyring item that this step's check would touch, and touch none",
        "dry_run",
        lambda now: now.open,
    ),
    Action(
        "texts",
        "",
        "",
        "Texts to copy",
        "Service requests, mails, and what a colleague with the other login has to do",
        "texts",
    ),
    Action(
        "handover",
        "",
        "",
        "Handover report",
        "What was set up, by which evidence: as files, without secrets, ready to attach to a ticket",
        "handover",
        lambda now: not now.working,
        short="Handover",
    ),
    Action("theme", "", "", "Dark or light colours", "Change between the two themes", "app.change_colours"),
    Action("page_up", "pageup", "PgUp", "Scroll up", "Read what is above", "page_up", in_palette=False),
    Action("page_down", "pagedown", "PgDn", "Scroll down", "Read what is below", "page_down", in_palette=False),
    Action(
        "tab", "tab", "Tab", "Next field", "Go to the next field, card or button", "app.focus_next", in_palette=False
    ),
    Action("back_tab", "shift+tab", "⇧Tab", "Field before", "Go back one", "app.focus_previous", in_palette=False),
    Action(
        "selection",
        "ctrl+c",
        "^C",
        "Copy what is marked",
        "Copy text marked with the mouse",
        "selection",
        in_palette=False,
    ),
    Action("quit", "ctrl+q", "^Q", "Quit", "Leave; the journal keeps everything confirmed", "app.leave", in_bar=True),
)

BY_ID = {action.id: action for action in ACTIONS}

BUTTONS = ("put_right", "operate", "check", "attest", "preflight", "next", "handover")
"""Actions that a step offers as buttons, besides its main one."""

MAIN_LABELS = {
    Main.JUMP: "Go to the step that locks this one",
    Main.AGAIN: "Check again",
    Main.CONTINUE: "Continue",
    Main.FINISH: "Finish",
}
"""Labels of main buttons that differ from their action's."""

MAIN_ACTIONS = {Main.AGAIN: "check", Main.FINISH: "quit"}
"""Actions behind main buttons whose name is not an action's id."""


def action_of(main: Main) -> Action:
    """Return the action that a main button carries out."""
    return BY_ID[MAIN_ACTIONS.get(main, main.value)]


def bindings() -> list[Binding]:
    """Return the key bindings of the screen."""
    return [action.binding() for action in ACTIONS if action.key]
