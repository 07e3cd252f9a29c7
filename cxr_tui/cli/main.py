"""The command line: a thin start; each command's module is loaded only when that command runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cxr_tui.cli.parser import parser

LIGHT = frozenset({"config", "completion", "explain", "help"})
"""Commands about the program itself: they open no integration, so they answer at once."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `cxr-tui` and return its exit code."""
    _have_standard_streams()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what could stand here
        from cxr_tui.cli.completion import complete

        complete(parser())
    args = parser().parse(arguments)
    if args.command in LIGHT:
        from cxr_tui.cli.light import answer

        return answer(args)
    from cxr_tui.cli.starting import start

    return start(args)


def _have_standard_streams() -> None:
    """Put the null device where a standard stream is closed; else the next file that is opened takes its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end
