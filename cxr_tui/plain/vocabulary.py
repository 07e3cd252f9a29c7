"""Every command that can be typed at a step: when it makes sense, and how it is recognized; the manual lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from cxr_tui.docs import page
from cxr_tui.guided.action_context import ActionContext
from cxr_tui.plain.console import Console, ExitRequestedError, PromptCancelledError


@dataclass(frozen=True)
class Command:
    """One word that can be typed."""

    word: str
    argument: str
    """What may follow the word, for help."""
    does: str
    when: str
    """The property of a step's context that allows it, perhaps behind `not`; empty: always."""
    refusal: str
    """Why it cannot be done, where it makes no sense."""


@dataclass(frozen=True)
class ParsedCommand:
    """A command that was typed, with what followed it."""

    word: str
    argument: str = ""


LOCKED = "Wait until the running check has ended."
"""Why a command does not work at a locked step; the step to finish first is named instead where there is one."""

_RULES = {
    "answer": ("open", LOCKED),
    "dry": ("open", LOCKED),
    "check": ("open", LOCKED),
    "instruction": ("has_visits", "This step has nothing to do outside the wizard."),
    "open": ("has_pages", "This works with the real products only, at a step with a part in one of them."),
    "reveal": ("has_secret", "The instruction of this step names no stored password."),
    "do": ("can_operate", "This works with a sandbox only, at an open step with a browser part that is not done yet."),
    "confirm": (
        "can_confirm",
        "Nothing can be confirmed here: the step is done, locked or not checked, or continuing would do harm.",
    ),
    "withdraw": ("can_withdraw", "This step is not confirmed."),
    "fix": ("can_fix", "No finding suggests a fix here."),
    "request": ("can_request", "This works at a locked step with a request to others, once all its values are known."),
    "next": ("not last", "This is the last step."),
    "back": ("not first", "This is the first step."),
    "jobs": ("has_jobs", "No job is set up yet; the first is set up at step 16."),
    "rotate": ("has_password", "There is no password yet; it is set at step 6."),
}
"""When a word makes sense, and what is said where it does not; one that is not named here always does."""

_WORD = re.compile(r"^  (\S+)(?: (\[.+\]))?\n((?: {6}.+\n?)+)", re.MULTILINE)
"""A word on the manual's page, what may follow it, and below it what it does."""


def _commands() -> Iterator[Command]:
    for word, argument, does in _WORD.findall(page("plain")):
        yield Command(word, argument, " ".join(does.split()), *_RULES.get(word, ("", "")))


BY_WORD = {command.word: command for command in _commands()}
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
        for command in BY_WORD.values()
        if now.allows(command.when)
    ]
