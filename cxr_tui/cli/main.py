"""The entry point: the module of a command is loaded only when that command runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from cxr_tui.cli.parser import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `cxr-tui` and return its exit code."""
    _have_standard_streams()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks for completions
        from cxr_tui.cli.commands.completion import complete

        complete()
    args = parser().parse(arguments)
    if args.light:
        code: int = _load(args.run)(args)
        return code
    from cxr_tui.cli.run import start

    return start(args, lambda: _load(args.run)(args))


def _load(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(".")
    command: Callable[..., Any] = getattr(import_module(f"cxr_tui.cli.commands.{module}"), name)
    return command


def _have_standard_streams() -> None:
    """Open the null device for a closed standard stream; otherwise the next opened file would get its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end
