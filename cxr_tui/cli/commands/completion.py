"""Completion in shells: argcomplete asks the parser itself, so scripts never get outdated."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn

import argcomplete
from argcomplete.shell_integration import shellcode

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.help_topics import TOPICS, command_pages
from cxr_tui.cli.output import print_data
from cxr_tui.cli.parser import parser
from cxr_tui.docs import facts


def completion(args: argparse.Namespace) -> Exit:
    """Print the completion script of a shell."""
    print_data(shellcode(["cxr-tui"], shell=args.shell))  # nosec B604  # the name of a shell; none is run
    return Exit.OK


def complete() -> NoReturn:
    """Answer a shell that asks for completions at the cursor, and end."""
    argcomplete.autocomplete(parser(WORDS), always_complete_options="long")
    sys.exit(Exit.USAGE)  # argcomplete did not understand the shell's question


def _steps() -> Iterable[str]:
    from cxr_tui.guide.registry import GUIDE

    return (step.id for step in GUIDE.steps)


def _integrations() -> Iterable[str]:
    from cxr_tui.integration.paths import data_home, integration_names

    return integration_names(data_home())


def _scenarios() -> Iterable[str]:
    from cxr_tui.sandbox.scenarios import known_scenarios

    return known_scenarios()


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
"""Sources of the values of an option, by its name in the parser; one without a source completes file names."""
