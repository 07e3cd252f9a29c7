"""Commands about the program itself, which open no integration and ask nobody."""

from __future__ import annotations

from argparse import Namespace

from cxr_tui.commands.exits import Exit


def answer(args: Namespace) -> Exit:
    """Carry out `config`, `completion`, `explain` or `help`."""
    match args.command:
        case "config":
            from cxr_tui.commands.config import config

            return config(args)
        case "completion":
            from cxr_tui.commands.completion import completion

            return completion(args)
        case "explain":
            from cxr_tui.commands.explain import explain

            return explain(args)
        case _:
            from cxr_tui.commands.manual import manual

            return manual(args)
