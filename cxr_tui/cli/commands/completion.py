"""Completion on the command line: argcomplete asks the parser itself, so no script ever lags behind it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

import argcomplete
from argcomplete.completers import SuppressCompleter
from argcomplete.shell_integration import shellcode

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.printing import say

Words = Callable[[], Iterable[str]]


def completion(args: argparse.Namespace) -> Exit:
    """Print the script for a shell."""
    say(shellcode(["cxr-tui"], shell=args.shell))  # nosec B604  # the name of a shell to write for; none is run
    return Exit.OK


def complete(parser: argparse.ArgumentParser) -> NoReturn:
    """Answer a shell that asks what could stand at the cursor, and end."""
    give_words(parser)
    argcomplete.autocomplete(parser, always_complete_options="long")
    sys.exit(Exit.USAGE)  # the shell has asked in a way that argcomplete does not understand


def give_words(parser: argparse.ArgumentParser) -> None:
    """Tell every option what its value can be; an option of which nothing is known here takes a file's name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in set(action.choices.values()):
                give_words(one)
        elif action.dest in WORDS:
            vars(action)["completer"] = _completer(WORDS[action.dest])
        elif action.dest in TYPED:
            vars(action)["completer"] = SuppressCompleter()


def _completer(words: Words) -> Callable[..., list[str]]:
    return lambda **_: list(words())


def _steps() -> Iterable[str]:
    from cxr_tui.guide.registry import GUIDE

    return (step.id for step in GUIDE.steps)


def _integrations() -> Iterable[str]:
    from cxr_tui.integration.paths import data_home, integration_names

    return integration_names(data_home())


def _scenarios() -> Iterable[str]:
    from cxr_tui.sandbox_launcher import scenario_codes

    return scenario_codes()


def _items() -> Iterable[str]:
    from cxr_tui.rotation.managed_secrets import MANAGED_SECRETS

    return MANAGED_SECRETS


def _rules() -> Iterable[str]:
    from cxr_tui.domain.password_policy import RULE_NAMES

    return (f"{name}=" for name in RULE_NAMES)


def _topics() -> Iterable[str]:
    from cxr_tui.cli.help_topics import TOPICS, command_pages

    return (*TOPICS, *command_pages())


def _sections() -> Iterable[str]:
    from cxr_tui.docs import facts

    return facts().sections


WORDS: Mapping[str, Words] = {
    "steps": _steps,
    "until": _steps,
    "integration": _integrations,
    "scenario": _scenarios,
    "item": _items,
    "rules": _rules,
    "topic": _topics,
    "section": _sections,
    "delimiter": lambda: ("Comma", "Semicolon", "Tab", "Pipe"),
    "charset": lambda: ("UTF-8", "ISO-8859-1", "Windows-1252", "UTF-16"),
}
"""Where the words for an option's value come from, by the option's name in the parser."""

TYPED = frozenset({"people", "watch", "fault", "members", "match", "email", "enclosure", "text"})
"""Options whose value only a person knows."""
