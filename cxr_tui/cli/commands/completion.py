"""Completion in shells: argcomplete asks the parser itself, so scripts never get outdated."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import NoReturn

import argcomplete
from argcomplete.shell_integration import shellcode

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.help_topics import TOPICS, command_pages
from cxr_tui.cli.output import print_data
from cxr_tui.docs import facts


def completion(args: argparse.Namespace) -> Exit:
    """Print the completion script of a shell."""
    print_data(shellcode(["cxr-tui"], shell=args.shell))  # nosec B604  # the name of a shell; none is run
    return Exit.OK


def complete(parser: argparse.ArgumentParser) -> NoReturn:
    """Answer a shell that asks for completions at the cursor, and end."""
    give_words(parser)
    argcomplete.autocomplete(parser, always_complete_options="long")
    sys.exit(Exit.USAGE)  # argcomplete did not understand the shell's question


def give_words(parser: argparse.ArgumentParser) -> None:
    """Give options their completers; an option without one completes file names."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in set(action.choices.values()):
                give_words(one)
        elif action.dest in WORDS:
            vars(action)["completer"] = partial(_words, action.dest)


def _words(option: str, **_: object) -> list[str]:
    return list(WORDS[option]())


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


WORDS: Mapping[str, Callable[[], Iterable[str]]] = {
    "steps": _steps,
    "until": _steps,
    "integration": _integrations,
    "scenario": _scenarios,
    "item": _items,
    "topic": lambda: (*TOPICS, *command_pages()),
    "section": lambda: facts().sections,
}
"""Sources of the values of an option, by its name in the parser."""
