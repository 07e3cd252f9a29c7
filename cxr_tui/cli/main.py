"""The command line: a thin start; the module of a command is loaded only when that command runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from cxr_tui.cli.parser import parser

LIGHT = {
    "config": "config.config",
    "completion": "completion.completion",
    "explain": "explain.explain",
    "help": "help.show_help",
}
"""Commands about the program itself: they open no integration, so they answer at once."""
COMMANDS = {
    "rehearse": "walk.rehearse",
    "apply": "walk.apply",
    "check": "walk.check",
    "status": "status.status",
    "rotate": "rotate.rotate",
    "preflight": "preflight.preflight",
    "report": "report.report",
    "erase": "erase.erase",
    "doctor": "doctor.doctor",
    "sandbox": "sandbox.sandbox",
    "wizard": "wizard.wizard",
}
"""Module and function of every other command, below `cli.commands`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `cxr-tui` and return its exit code."""
    _have_standard_streams()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what could stand here
        from cxr_tui.cli.commands.completion import complete

        complete(parser())
    args = parser().parse(arguments)
    if args.command in LIGHT:
        code: int = _loaded(LIGHT[args.command])(args)
        return code
    from cxr_tui.cli.run import start

    return start(args, lambda: _loaded(COMMANDS[args.command])(args))


def _loaded(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(".")
    found: Callable[..., Any] = getattr(import_module(f"cxr_tui.cli.commands.{module}"), name)
    return found


def _have_standard_streams() -> None:
    """Put the null device where a standard stream is closed; else the next file that is opened takes its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end
