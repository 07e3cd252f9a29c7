"""Every action of every screen: keys, bottom lines, buttons, palette, help and the user's keys come from this table.

Which keys are left out, and why: Ctrl+A and Ctrl+B lead the commands of screen and tmux; Ctrl+S and Ctrl+Q stop and
start the flow of some terminals; Ctrl+W, Ctrl+T, Ctrl+N, F11 and F12 belong to the browser that a terminal can run in;
Alt reaches a text field as a letter. Ctrl+Q still quits, because people expect it, but nothing
depends on it: Ctrl+C pressed twice quits too, and so does the palette.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxr_tui.presentation import action_labels
from cxr_tui.tui.actions.action import Action, Scope

if TYPE_CHECKING:
    from cxr_tui.guided.action_context import ActionContext

PALETTE = Action(
    "palette",
    "ctrl+p",
    "More",
    "Find an action or a step by name",
    "app.command_palette",
    in_bar=True,
    in_palette=False,
    scope=Scope.APP,
    priority=True,
)
QUIT = Action(
    "quit",
    "ctrl+q",
    "Quit",
    "Quit; saved entries are kept",
    "app.leave",
    in_bar=True,
    scope=Scope.APP,
    priority=True,
)
INTERRUPT = Action(
    "interrupt",
    "ctrl+c",
    "Copy the selection",
    "Copy the text selected with the mouse or in a field; pressed twice with no selection, quit",
    "app.interrupt",
    in_palette=False,
    scope=Scope.APP,
    priority=True,
)
HELP = Action(
    "help",
    "f1,question_mark",
    "Help",
    "Help for this field and step, or this screen (? outside text fields)",
    "app.help",
    in_bar=True,
    scope=Scope.APP,
)
APP_ACTIONS = (PALETTE, QUIT, INTERRUPT, HELP)
"""What goes everywhere."""


def _table(scope: Scope, *rows: tuple[str, str, str, str]) -> tuple[Action, ...]:
    """Return the actions of a screen that shows all of them: handler, key, label and tooltip each."""
    return tuple(
        Action(handler.partition("(")[0], key, label, tooltip, handler, in_bar=True, scope=scope)
        for handler, key, label, tooltip in rows
    )


ACTIONS = (
    HELP,
    Action("steps", "f2", "Steps", "Show all steps and go to one", "steps", in_bar=True),
    Action("back", "f3", "Back", "Go to the previous step", "go('back')", lambda now: not now.first, in_bar=True),
    Action("next", "f4", "Next", "Go to the next step", "go('next')", lambda now: not now.last, in_bar=True),
    Action(
        "check",
        "f5",
        action_labels.CHECK,
        "Save the entries and check them",
        "begin('check')",
        lambda now: now.open,
        short="Check",
    ),
    Action(
        "operate",
        "f6",
        action_labels.OPERATE,
        "Sandbox: do the browser part, fill in the values, save and check",
        "begin('operate')",
        lambda now: now.can_operate,
        short="Do it",
    ),
    Action(
        "copy",
        "f7",
        "Copy",
        "Copy a value of the instruction to the clipboard",
        "copy",
        lambda now: now.has_values,
        in_bar=True,
    ),
    Action(
        "reveal",
        "ctrl+k",
        "Show the password",
        "Show the password that the instruction names for ten seconds, or hide it again",
        "reveal",
        lambda now: now.has_secret,
        priority=True,
    ),
    Action(
        "browse",
        "f8",
        "Open",
        "Open the product's page in the browser",
        "browse",
        lambda now: now.has_pages,
        in_bar=True,
    ),
    Action(
        "confirm",
        "f9",
        action_labels.CONFIRM,
        "Save, check and confirm that this part is done; against findings, add one sentence why",
        "begin('confirm')",
        lambda now: now.can_confirm,
        short="I did this",
    ),
    Action(
        "withdraw",
        "",
        "Withdraw confirmation",
        "Withdraw the confirmation; the step is open again",
        "withdraw",
        lambda now: now.can_withdraw,
        short="Withdraw",
    ),
    Action(
        "request",
        "",
        "I have requested this",
        "Note that you have already requested what this step needs; the step is done later",
        "request",
        lambda now: now.can_request,
        short="Requested",
    ),
    Action(
        "explain",
        "f10",
        "Explain an error",
        "Type or paste what a product's screen, email or log says, and read what it means",
        "task('explain')",
    ),
    Action(
        "fix",
        "ctrl+y",
        action_labels.FIX,
        "Apply the suggested value and check again",
        "fix",
        lambda now: now.can_fix,
    ),
    Action(
        "undo",
        "ctrl+z",
        "Undo",
        "Undo typing in this field, or the last saved entries",
        "undo",
        lambda now: not now.working,
    ),
    Action(
        "overview",
        "ctrl+d",
        "Overview",
        "The whole integration at a glance: stages, evidence, waiting steps",
        "task('overview')",
        in_bar=True,
        priority=True,
    ),
    Action(
        "search",
        "ctrl+f",
        "Search",
        "Find a step, a field or a finding by any word in it",
        "app.search",
        priority=True,
    ),
    Action("slash", "slash", "Search", "The same, outside text fields", "app.search", in_palette=False),
    Action(
        "blocker",
        "",
        "Go to the step that must be done first",
        "Go to the first step that is not done",
        "go('blocker')",
        lambda now: bool(now.state.blocked_by),
    ),
    Action("resume", "", "Go to the first open step", "Continue where the work stopped", "go('resume')"),
    Action(
        "cancel",
        "escape",
        "Cancel",
        "Stop the running check; it records nothing",
        "cancel",
        lambda now: now.working,
    ),
    PALETTE,
    Action(
        "jobs",
        "ctrl+r",
        "Jobs",
        "Show whether the jobs run: their state, runs and logs",
        "task('jobs')",
        lambda now: now.has_jobs,
    ),
    Action(
        "preflight",
        "ctrl+e",
        "Preflight",
        "Check a file as the import will: what would be rejected, cut or lost, and why",
        "task('preflight')",
        lambda now: now.has_file,
        priority=True,
    ),
    Action(
        "rotate",
        "ctrl+o",
        "Rotate the password",
        "Change the password on both sides without locking anyone out",
        "task('rotate')",
        lambda now: now.has_password,
    ),
    Action(
        "review",
        "ctrl+l",
        "Review all values",
        "Every value of this step or of all steps with its source, before anything is sent",
        "task('review')",
    ),
    Action(
        "dry_run",
        "",
        "Dry run",
        "List each request, file and keyring item that the check would touch, and touch none",
        "task('dry_run')",
        lambda now: now.open,
    ),
    Action(
        "texts",
        "",
        "Ready-made texts",
        "Service requests, emails and instructions for colleagues, ready to copy",
        "task('texts')",
    ),
    Action(
        "handover",
        "",
        "Handover report",
        "What was set up and how it was verified: files without secrets, ready to attach to a ticket",
        "task('handover')",
        lambda now: not now.working,
        short="Handover",
    ),
    Action(
        "erase",
        "",
        "Erase personal data",
        "Remove sample records, addresses or all entries from everything stored here; shows what remains",
        "task('erase')",
        lambda now: not now.working,
    ),
    Action("tour", "", "Two-minute tour", "What this does, and how to find your way", "app.tour"),
    Action("theme", "", "Change theme", "Switch to the next theme: dark, light, high contrast", "app.change_colours"),
    Action("page_up", "pageup", "Scroll up", "Scroll the step up", "page_up", in_palette=False),
    Action("page_down", "pagedown", "Scroll down", "Scroll the step down", "page_down", in_palette=False),
    Action("tab", "tab", "Next field", "Next field, then the main button", "app.focus_next", in_palette=False),
    Action("back_tab", "shift+tab", "Previous field", "Go back one field", "app.focus_previous", in_palette=False),
    QUIT,
)
"""What can be done at a step."""

JOBS_ACTIONS = _table(
    Scope.JOBS,
    ("look", "f5", "Look", "Check both jobs now"),
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
    ("view(1)", "f3", "View", "Next: reasons, columns, match column, findings, rehearsal key"),
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
    ("dry_run", "d", "Dry run", "List what the check would touch, without touching it"),
    ("check", "f5", "Check", "Save these values and check the step"),
    ("confirm", "f9", "Done", "Confirm that you did this with these values"),
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

OPENING_ACTIONS = (
    Action("stop", "escape", "Cancel", "Cancel and quit", "app.leave", scope=Scope.OPENING),
    QUIT,
)
"""What can be done while something is being opened."""

START_ACTIONS = (
    Action("choose", "enter", "Choose", "Open the marked choice", "choose", in_bar=True, scope=Scope.START),
    Action(
        "tour",
        "t",
        "Two-minute tour",
        "What this does, and how to find your way",
        "app.tour",
        in_bar=True,
        scope=Scope.START,
    ),
    HELP,
    Action("cancel", "escape", "Cancel", "Cancel opening", "cancel", in_palette=False, scope=Scope.START),
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
