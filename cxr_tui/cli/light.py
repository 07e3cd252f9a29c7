"""Commands about the program itself, which open no integration and ask nobody."""

from __future__ import annotations

from argparse import Namespace

from cxr_tui.cli.exit_codes import Exit


def answer(args: Namespace) -> Exit:
    """Carry out `config`, `completion`, `explain` or `help`."""
    match args.command:
        case "config":
            from cxr_tui.cli.commands.config import config

            return config(args)
        case "completion":
            from cxr_tui.cli.completion import completion

            return completion(args)
        case "explain":
            from cxr_tui.cli.commands.explain import explain

            return explain(args)
        case _:
            from cxr_tui.cli.help_topics import manual

            return manual(args)
