"""A menu next to the steps: a few commands, and one of them for Enter."""

from __future__ import annotations

from collections.abc import Mapping

from cxr_tui.domain.errors import OutsideError
from cxr_tui.domain.ports import Credentials
from cxr_tui.plain.console import Console, ExitRequestedError, PromptCancelledError
from cxr_tui.plain.vocabulary import ParsedCommand, misunderstood, understand

BACK = "leave"


async def choose(
    console: Console, where: str, offered: Mapping[str, str], default: str, label: str, back: str
) -> ParsedCommand:
    """Return the typed command, or the one for Enter. Raises ExitRequestedError.

    `offered` has the description of each command; `leave`, described by `back`, and `quit` always work.
    """
    words = {**offered, BACK: back, "quit": "leave the program"}
    while True:
        try:
            text = await console.ask(f"{where}, next [{label}]: ")
        except PromptCancelledError:
            return ParsedCommand(BACK)
        if text in ("?", "help"):
            for word, does in words.items():
                console.say(f"{word}: {does}")
            continue
        typed = understand(text, tuple(words)) if text else ParsedCommand(default)
        if typed is None:
            console.say(misunderstood(text, tuple(words)))
        elif typed.word == "quit":
            raise ExitRequestedError
        else:
            return typed


async def agreed(console: Console, question: str) -> bool:
    """Ask for a yes; Enter and Ctrl+C are a no."""
    try:
        return (await console.ask(f"{question} yes or no [no]: ")).casefold() in ("y", "yes")
    except PromptCancelledError:
        return False


async def print_secret(console: Console, credentials: Credentials, item: str) -> None:
    """Print a stored secret: only on a terminal, and only after a yes, because it stays visible there."""
    if not console.seen:
        console.say("Standard output is not a terminal, so no secret is printed.")
    elif await agreed(console, "It stays visible on this terminal and in its scrollback. Print it?"):
        try:
            console.reveal(await credentials.get(item))
        except OutsideError as error:
            console.say(str(error))
