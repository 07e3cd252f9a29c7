"""Every action of every screen: keys, bottom lines, buttons, palette, help and the user's keys come from this table.

Which keys are left out, and why: Ctrl+A and Ctrl+B lead the commands of screen and tmux; Ctrl+S and Ctrl+Q stop and
start the flow of some terminals; Ctrl+W, Ctrl+T, Ctrl+N, F11 and F12 belong to the browser that a terminal can run in;
Alt reaches a text field as a letter. Ctrl+Q still quits, because people expect it, but nothing
depends on it: Ctrl+C pressed twice quits too, and so does the palette.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cxr_tui.presentation.action_labels import LABELS
from cxr_tui.tui.actions.action import Action, Scope, always

if TYPE_CHECKING:
    from cxr_tui.guided.action_context import ActionContext

_WIZARD_BAR = ("steps", "back", "next", "copy", "browse", "overview")
"""What the bottom line offers at a step; the step's own actions are buttons instead."""

_NOT_IN_PALETTE = ("palette", "interrupt", "slash", "page_up", "page_down", "tab", "back_tab")

_BEFORE_FIELDS = ("palette", "quit", "interrupt", "reveal", "overview", "search", "preflight")
"""Actions of the app and of a step whose keys come before what a text field would do with them."""

_SHORT = {
    "check": "Check",
    "operate": "Do it",
    "confirm": "I did this",
    "withdraw": "Withdraw",
    "request": "Requested",
    "handover": "Handover",
}

_HANDLERS = {
    **{name: f"go('{name}')" for name in ("back", "next", "blocker", "resume")},
    **{name: f"begin('{name}')" for name in ("check", "operate", "confirm")},
    **{name: f"task('{name}')" for name in ("explain", "overview", "jobs", "preflight", "rotate", "review", "dry_run")},
    **{name: f"task('{name}')" for name in ("texts", "handover", "erase")},
    "tab": "app.focus_next",
    "back_tab": "app.focus_previous",
    "search": "app.search",
    "slash": "app.search",
    "tour": "app.tour",
    "theme": "app.change_colors",
}
"""Handlers of a step's actions that are not named by the id."""

_WHEN: dict[str, Callable[[ActionContext], bool]] = {
    "back": lambda now: not now.first,
    "next": lambda now: not now.last,
    "check": lambda now: now.open,
    "operate": lambda now: now.can_operate,
    "copy": lambda now: now.has_values,
    "reveal": lambda now: now.has_secret,
    "browse": lambda now: now.has_pages,
    "confirm": lambda now: now.can_confirm,
    "withdraw": lambda now: now.can_withdraw,
    "request": lambda now: now.can_request,
    "fix": lambda now: now.can_fix,
    "undo": lambda now: not now.working,
    "blocker": lambda now: bool(now.state.blocked_by),
    "cancel": lambda now: now.working,
    "jobs": lambda now: now.has_jobs,
    "preflight": lambda now: now.has_file,
    "rotate": lambda now: now.has_password,
    "dry_run": lambda now: now.open,
    "handover": lambda now: not now.working,
    "erase": lambda now: not now.working,
}
"""When an action of a step makes sense; one that is not named here always does."""


def _table(scope: Scope, *rows: tuple[str, ...]) -> tuple[Action, ...]:
    """Return the actions of a screen: id, key, label, tooltip, and the handler where it is not named by the id."""
    at_a_step = scope is Scope.WIZARD
    return tuple(
        Action(
            name,
            key,
            label,
            tooltip,
            handler[0] if handler else _HANDLERS.get(name, name) if at_a_step else name,
            scope=scope,
            when=_WHEN.get(name, always) if at_a_step else always,
            in_bar=name in _WIZARD_BAR if at_a_step else name != "interrupt",
            in_palette=name not in _NOT_IN_PALETTE,
            short=_SHORT.get(name, "") if at_a_step else "",
            priority=name in _BEFORE_FIELDS and scope in (Scope.APP, Scope.WIZARD),
        )
        for name, key, label, tooltip, *handler in rows
    )


APP_ACTIONS = _table(
    Scope.APP,
    ("palette", "ctrl+p", "More", "Find an action or a step by name", "app.command_palette"),
    ("quit", "ctrl+q", "Quit", "Quit; saved entries are kept", "app.leave"),
    (
        "interrupt",
        "ctrl+c",
        "Copy the selection",
        "Copy the selected text; pressed twice without one, quit",
        "app.interrupt",
    ),
    ("help", "f1,question_mark", "Help", "Help for field, step or screen (? outside text fields)", "app.help"),
)
"""What goes everywhere."""
PALETTE, QUIT, INTERRUPT, HELP = APP_ACTIONS

ACTIONS = (
    HELP,
    *_table(
        Scope.WIZARD,
        ("steps", "f2", "Steps", "Show all steps and go to one"),
        ("back", "f3", "Back", "Go to the previous step"),
        ("next", "f4", "Next", "Go to the next step"),
        ("check", "f5", LABELS["check"], "Save the entries and check them"),
        ("operate", "f6", LABELS["operate"], "Sandbox: do the browser part, fill in the values, save and check"),
        ("copy", "f7", "Copy", "Copy a value of the instruction to the clipboard"),
        ("reveal", "ctrl+k", "Show the password", "Show the instruction's password for ten seconds, or hide it"),
        ("browse", "f8", "Open", "Open the product's page in the browser"),
        ("confirm", "f9", LABELS["confirm"], "Save, check and confirm this part; against findings, say why"),
        ("withdraw", "", "Withdraw confirmation", "Withdraw the confirmation; the step is open again"),
        ("request", "", "I have requested this", "Note that you have requested what this step needs"),
        ("explain", "f10", "Explain an error", "Read what a message of a product's screen, email or log means"),
        ("fix", "ctrl+y", LABELS["fix"], "Apply the suggested value and check again"),
        ("undo", "ctrl+z", "Undo", "Undo typing in this field, or the last saved entries"),
        ("overview", "ctrl+d", "Overview", "The whole integration at a glance: stages, evidence, waiting steps"),
        ("search", "ctrl+f", "Search", "Find a step, a field or a finding by any word in it"),
        ("slash", "slash", "Search", "The same, outside text fields"),
        ("blocker", "", "Go to the step that must be done first", "Go to the first step that is not done"),
        ("resume", "", "Go to the first open step", "Continue where the work stopped"),
        ("cancel", "escape", "Cancel", "Stop the running check; it records nothing"),
    ),
    PALETTE,
    *_table(
        Scope.WIZARD,
        ("jobs", "ctrl+r", "Jobs", "Show whether the jobs run: their state, runs and logs"),
        ("preflight", "ctrl+e", "Preflight", "Check a file as the import will: what would be rejected or lost"),
        ("rotate", "ctrl+o", "Rotate the password", "Change the password on both sides without locking anyone out"),
        ("review", "ctrl+l", "Review all values", "Every value with its source, before anything is sent"),
        ("dry_run", "", "Dry run", "List every request, file and keyring item of the check, and touch none"),
        ("texts", "", "Ready-made texts", "Service requests, emails and instructions for colleagues, ready to copy"),
        ("handover", "", "Handover report", "How each step was verified: files without secrets, ready for a ticket"),
        ("erase", "", "Erase personal data", "Remove records, addresses or all entries; shows what remains"),
        ("tour", "", "Two-minute tour", "What this does, and how to find your way"),
        ("theme", "", "Change theme", "Switch to the next theme: dark, light, high contrast"),
        ("page_up", "pageup", "Scroll up", "Scroll the step up"),
        ("page_down", "pagedown", "Scroll down", "Scroll the step down"),
        ("tab", "tab", "Next field", "Next field, then the main button"),
        ("back_tab", "shift+tab", "Previous field", "Go back one field"),
    ),
    QUIT,
)
"""What can be done at a step."""

JOBS_ACTIONS = _table(
    Scope.JOBS,
    ("look", "f5", "Refresh", "Check both jobs now"),
    ("run_now", "f6", "Run now", "Run the job beside its schedule, and follow it"),
    ("search", "slash,ctrl+f", "Search", "Search the runs"),
    ("open", "enter", "Log", "Read the log of the run"),
    ("back", "escape", "Back", "Clear the search, or go back to the steps"),
)
"""What can be done at the jobs."""

ROTATION_ACTIONS = _table(
    Scope.ROTATION,
    ("go_on", "f5", "Go on", "Begin; or report your part as done, and verify it"),
    ("operate", "f6", "Do it", "Sandbox: do the browser part, through to the end"),
    ("copy", "f7", "Copy", "Copy the password to enter; the clipboard is cleared automatically"),
    ("reveal", "f8", "Show", "Show the password for ten seconds, or hide it again"),
    ("go_back", "f9", "Go back", "Cancel before the change, or restore the old password"),
    ("own", "f2", "Type one", "Begin with your own new password"),
    ("after_reset", "f4", "After a reset", "The password was reset: allow two more login attempts"),
    ("leave", "escape", "Back", "Back to the steps; the rotation stays in its stage"),
)
"""What can be done at a rotation."""

OVERVIEW_ACTIONS = _table(
    Scope.OVERVIEW,
    ("choose", "enter", "Go there", "Go to the marked step"),
    ("close", "escape,ctrl+d", "Back", "Back to the step"),
)
"""What can be done at the overview."""

PREFLIGHT_ACTIONS = _table(
    Scope.PREFLIGHT,
    ("files", "f2", "Files", "Choose a file of the file server, or type the path of a file of this computer"),
    ("view", "f3", "View", "Next: reasons, columns, match column, findings, rehearsal key"),
    ("form", "f4", "Form", "How the file is written, where that differs from the import job"),
    ("read", "f5", "Read", "Read the file as its import will"),
    ("operate", "f6", "Do it", "Sandbox: do the next part of the rehearsal"),
    ("copy", "f7", "Copy", "Copy line numbers, or a value of the instruction"),
    ("reveal", "f8", "Show", "Show the values, or their shapes again; values are never saved"),
    ("key", "f9", "Key", "Make the rehearsal pair, verify the switch back, remove the pair"),
    ("back", "escape", "Back", "Cancel reading, or go back to the steps"),
)
"""What can be done at preflight."""

REVIEW_ACTIONS = _table(
    Scope.REVIEW,
    ("choose", "enter", "Change", "Go to the field of this value"),
    ("scope", "a", "All steps", "Show the values of all steps, or of this one"),
    ("dry_run", "d", "Dry run", "List what the check would touch, without touching it", "leave('dry_run')"),
    ("check", "f5", "Check", "Save these values and check the step", "leave('check')"),
    ("confirm", "f9", "Done", "Confirm that you did this with these values", "leave('confirm')"),
    ("back", "escape", "Back", "Back to the step"),
)
"""What can be done at the review."""

TEXTS_ACTIONS = _table(
    Scope.TEXTS,
    ("choose", "enter", "Copy", "Copy the marked text"),
    ("back", "escape,q", "Back", "Back to the step"),
)
"""What can be done at the ready-made texts."""

PAGE_ACTIONS = _table(
    Scope.PAGE,
    ("copy", "c", "Copy all", "Copy the whole page"),
    ("back", "escape,q", "Back", "Back to the step"),
)
"""What can be done at a page to read."""

EXPLAIN_ACTIONS = _table(
    Scope.EXPLAIN,
    ("explain", "f5", "Explain", "Show what the message means"),
    ("back", "escape", "Back", "Back to the step"),
)
"""What can be done with a product's message."""

OPENING_ACTIONS = (*_table(Scope.OPENING, ("stop", "escape", "Cancel", "Cancel and quit", "app.leave")), QUIT)
"""What can be done while something is being opened."""

START_ACTIONS = (
    *_table(
        Scope.START,
        ("choose", "enter", "Choose", "Open the marked choice"),
        ("tour", "t", "Two-minute tour", "What this does, and how to find your way", "app.tour"),
    ),
    HELP,
    *_table(Scope.START, ("cancel", "escape", "Cancel", "Cancel opening")),
    QUIT,
)
"""What can be done at the start, besides its three choices."""

TOUR_ACTIONS = _table(
    Scope.TOUR,
    ("next", "enter,right,space", "Next", "Next page; after the last one, close"),
    ("back", "left,backspace", "Previous page", "Previous page"),
    ("close", "escape,q", "Close", "Close the tour"),
)
"""What can be done in the tour."""

_OTHERS = (
    JOBS_ACTIONS,
    ROTATION_ACTIONS,
    OVERVIEW_ACTIONS,
    PREFLIGHT_ACTIONS,
    REVIEW_ACTIONS,
    OPENING_ACTIONS,
    START_ACTIONS,
    TOUR_ACTIONS,
    TEXTS_ACTIONS,
    PAGE_ACTIONS,
    EXPLAIN_ACTIONS,
)
ALL_ACTIONS = tuple(dict.fromkeys(action for table in (APP_ACTIONS, ACTIONS, *_OTHERS) for action in table))
"""Everything whose key can be changed."""

BY_ID = {action.id: action for action in ACTIONS}
"""The wizard's own."""

BUTTONS = ("fix", "operate", "check", "confirm", "request", "preflight", "next", "withdraw", "handover")
"""Actions that a step offers as buttons, besides its main one."""

CONFIRM_ANYWAY = "Confirm anyway"
"""Label of a confirmation against what the check found."""


def label_of(action: Action, now: ActionContext) -> str:
    """Return what an action is called now."""
    return CONFIRM_ANYWAY if action.id == "confirm" and now.overrules else action.label
