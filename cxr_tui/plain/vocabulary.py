"""Every word that can be typed at a step, once: what it does, when it makes sense, and how it is understood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from cxr_tui.guided.action_context import ActionContext


def _always(_: ActionContext) -> bool:
    return True


@dataclass(frozen=True)
class Command:
    """One word that can be typed."""

    word: str
    does: str
    when: Callable[[ActionContext], bool] = _always
    argument: str = ""
    """What may follow the word, for help."""
    refusal: str = ""
    """Why it cannot be done, where it makes no sense."""


@dataclass(frozen=True)
class ParsedCommand:
    """A command that was typed, with what followed it."""

    word: str
    argument: str = ""


LOCKED = "This step is locked"
"""Why something cannot be done at a step whose turn has not come; which step comes first is said with it."""

COMMANDS = (
    Command("?", "say what can be typed now, and what it does"),
    Command("show", "print this step again: state, purpose, notes, answers, findings"),
    Command(
        "answer",
        "ask this step's questions one after another; with a number or label only that one",
        lambda now: now.open,
        "[QUESTION]",
        LOCKED,
    ),
    Command("review", "print every value with where it came from; all for all steps", argument="[all]"),
    Command(
        "dry",
        "list every request, file and keyring item that the next work here would touch, and touch none",
        lambda now: now.open,
        "",
        LOCKED,
    ),
    Command("texts", "print service requests, mails and a colleague's part, ready to copy", argument="[all]"),
    Command("handover", "write a report of what was set up, by which evidence, without secrets"),
    Command(
        "erase",
        "remove personal data from everything that is kept here; alone: say what each scope removes",
        argument="[records|answers|all]",
    ),
    Command("instruction", "print what to do in the browser", lambda now: now.has_visits, "", "There is nothing."),
    Command(
        "open",
        "open the product's page in the browser",
        lambda now: now.has_pages,
        "",
        "That is for the real products, at a step with a part in one of them.",
    ),
    Command(
        "reveal",
        "print the password that the instruction names, on this terminal, where it stays",
        lambda now: now.has_secret,
        "",
        "The instruction of this step names no password that is kept.",
    ),
    Command(
        "check",
        "write the answers to the journal and check them",
        lambda now: now.open,
        "",
        LOCKED,
    ),
    Command(
        "do",
        "do it for me: the sandbox makes the visits, brings the values back, saves and checks",
        lambda now: now.can_operate,
        "",
        "That is for a sandbox, at an open step with a part in the browser that is not done yet.",
    ),
    Command(
        "confirm",
        "save, check, and confirm that this part is done; against findings, one sentence says why",
        lambda now: now.can_confirm,
        "",
        "Nothing can be confirmed here: the step is done, locked or not checked yet, or going on would do harm.",
    ),
    Command(
        "withdraw",
        "take the confirmation back; the step is open again",
        lambda now: now.can_withdraw,
        "",
        "This step is not done by a confirmation.",
    ),
    Command(
        "fix",
        "put right what the finding offers, and check again",
        lambda now: now.can_put_right,
        "",
        "No finding offers an answer here.",
    ),
    Command(
        "request",
        "note that you have asked for what this step needs, before its turn; with the request's number if you know it",
        lambda now: now.can_request,
        "[NUMBER]",
        "That is for a locked step with a request to others whose values are all known.",
    ),
    Command(
        "error",
        "it shows an error: type or paste what a product's screen, mail or log says, and read what it means",
        argument="[TEXT]",
    ),
    Command("undo", "take back the answer typed last; where none is open, what was saved last"),
    Command("next", "go to the next step", lambda now: not now.last, "", "This is the last step."),
    Command("back", "go to the step before; answers stay", lambda now: not now.first, "", "This is the first step."),
    Command("go", "go to a step by its number, id or title; alone: to the first open one", argument="[STEP]"),
    Command("steps", "list all steps with their states"),
    Command("wait", "check the waiting steps again once a minute; Ctrl+C ends it"),
    Command(
        "jobs",
        "see whether the jobs run, with their runs and logs",
        lambda now: now.has_jobs,
        "",
        "No job is set up yet; that is done at the export's schedule.",
    ),
    Command(
        "rotate",
        "a new password on both sides, without locking anyone out",
        lambda now: now.has_password,
        "",
        "There is no password yet; that is done at First password.",
    ),
    Command("copy", "not here: every value stands on a line of its own, ready for your terminal's own copying"),
    Command("quit", "leave; the journal keeps everything that was saved"),
)

BY_WORD = {command.word: command for command in COMMANDS}
ALIASES = {
    "help": "?",
    "h": "?",
    "exit": "quit",
    "leave": "quit",
    "previous": "back",
    "status": "jobs",
    "list": "steps",
    "done": "confirm",
    "edit": "answer",
}


def understand(text: str, words: Sequence[str] = tuple(BY_WORD)) -> ParsedCommand | None:
    """Return the command that a line stands for: a word, a beginning that only one word has, or another name for it."""
    first, _, rest = text.strip().partition(" ")
    word = first.casefold()
    if word in words:
        return ParsedCommand(word, rest.strip())
    if ALIASES.get(word) in words:
        return ParsedCommand(ALIASES[word], rest.strip())
    begun = [one for one in words if word and one.startswith(word)]
    return ParsedCommand(begun[0], rest.strip()) if len(begun) == 1 else None


def misunderstood(text: str, words: Sequence[str] = tuple(BY_WORD)) -> str:
    """Return a sentence on a line that is no command, with the nearest one."""
    word = text.strip().partition(" ")[0].casefold()
    begun = [one for one in words if one.startswith(word)]
    near = begun if len(begun) > 1 else get_close_matches(word, [*words, *ALIASES], 1)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    return f"{word} is no command here.{hint} Type ? for all of them."


def help_lines(now: ActionContext) -> list[str]:
    """Return what can be typed now."""
    return [
        f"{command.word}{f' {command.argument}' if command.argument else ''}: {command.does}"
        for command in COMMANDS
        if command.when(now)
    ]
