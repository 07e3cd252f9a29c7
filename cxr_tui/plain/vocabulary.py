"""Every command that can be typed at a step: what it does, when it makes sense, and how it is recognized."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from cxr_tui.guided.action_context import ActionContext
from cxr_tui.plain.console import Console, ExitRequestedError, PromptCancelledError


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


LOCKED = "Wait until the running check has ended."
"""Why a command does not work at a locked step; the step to finish first is named instead where there is one."""

COMMANDS = (
    Command("?", "list the commands that make sense now"),
    Command("show", "print this step again: state, purpose, notes, entries, findings"),
    Command(
        "answer",
        "ask this step's questions one by one; with a number or label, only that question",
        lambda now: now.open,
        argument="[QUESTION]",
        refusal=LOCKED,
    ),
    Command("review", "print every value of this step with its source; all: of all steps", argument="[all]"),
    Command(
        "dry",
        "list every request, file and keyring item that the next action would touch, and touch none",
        lambda now: now.open,
        refusal=LOCKED,
    ),
    Command("texts", "print service requests, emails and instructions for colleagues, ready to copy", argument="[all]"),
    Command("handover", "write a report of what was set up and how it was verified, without secrets"),
    Command(
        "erase",
        "remove personal data from everything stored here; alone: explain what each choice removes",
        argument="[records|answers|all]",
    ),
    Command(
        "instruction",
        "print what to do in the browser",
        lambda now: now.has_visits,
        refusal="This step has nothing to do outside the wizard.",
    ),
    Command(
        "open",
        "open the product's page in the browser",
        lambda now: now.has_pages,
        refusal="This works with the real products only, at a step with a part in one of them.",
    ),
    Command(
        "reveal",
        "print the password that the instruction names; it stays visible on this terminal",
        lambda now: now.has_secret,
        refusal="The instruction of this step names no stored password.",
    ),
    Command("check", "save the entries and check them", lambda now: now.open, refusal=LOCKED),
    Command(
        "do",
        "do it for me: the sandbox does the browser part, fills in the values, saves and checks",
        lambda now: now.can_operate,
        refusal="This works with a sandbox only, at an open step with a browser part that is not done yet.",
    ),
    Command(
        "confirm",
        "save, check and confirm that this part is done; against findings, add one sentence why",
        lambda now: now.can_confirm,
        refusal="Nothing can be confirmed here: the step is done, locked or not checked, or continuing would do harm.",
    ),
    Command(
        "withdraw",
        "withdraw the confirmation; the step is open again",
        lambda now: now.can_withdraw,
        refusal="This step is not confirmed.",
    ),
    Command(
        "fix",
        "apply the suggested fix and check again",
        lambda now: now.can_fix,
        refusal="No finding suggests a fix here.",
    ),
    Command(
        "request",
        "note that you have already requested what this step needs; add the request's number if you know it",
        lambda now: now.can_request,
        argument="[NUMBER]",
        refusal="This works at a locked step with a request to others, once all its values are known.",
    ),
    Command("error", "explain an error: type or paste what a product's screen, email or log shows", argument="[TEXT]"),
    Command("undo", "undo the last typed answer, or the last saved entries"),
    Command("next", "go to the next step", lambda now: not now.last, refusal="This is the last step."),
    Command(
        "back", "go to the previous step; entries stay", lambda now: not now.first, refusal="This is the first step."
    ),
    Command("go", "go to a step by its number, id or title; alone: to the first open step", argument="[STEP]"),
    Command("steps", "list all steps with their states"),
    Command("wait", "check the waiting steps again once a minute; Ctrl+C ends it"),
    Command(
        "jobs",
        "show whether the jobs run, with their runs and logs",
        lambda now: now.has_jobs,
        refusal="No job is set up yet; the first is set up at step 16.",
    ),
    Command(
        "rotate",
        "change the password on both sides without locking anyone out",
        lambda now: now.has_password,
        refusal="There is no password yet; it is set at step 6.",
    ),
    Command("copy", "not here: each value is on a separate line, ready to copy with your terminal"),
    Command("quit", "quit; saved entries are kept"),
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
    return f"{word} is not a command here.{hint} Type ? for the list."


BACK = "leave"


async def choose(
    console: Console, where: str, offered: Mapping[str, str], default: str, label: str, back: str
) -> ParsedCommand:
    """Return the command typed at a menu beside the steps, or the one for Enter. Raises ExitRequestedError.

    `offered` has the description of each command; `leave`, described by `back`, and `quit` always work.
    """
    words = {**offered, BACK: back, "quit": "leave the program"}
    while True:
        try:
            text = await console.ask(f"{where}, next [{label}]: ")
        except PromptCancelledError:
            return ParsedCommand(BACK)
        if text in ("?", "help"):
            console.print(f"{word}: {does}" for word, does in words.items())
            continue
        typed = understand(text, tuple(words)) if text else ParsedCommand(default)
        if typed is None:
            console.say(misunderstood(text, tuple(words)))
        elif typed.word == "quit":
            raise ExitRequestedError
        else:
            return typed


def help_lines(now: ActionContext) -> list[str]:
    """Return what can be typed now."""
    return [
        f"{command.word}{f' {command.argument}' if command.argument else ''}: {command.does}"
        for command in COMMANDS
        if command.when(now)
    ]
