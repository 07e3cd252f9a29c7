"""The parser of the command line, made from the manual: `docs/commands.md` lists every command with its options."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from cxr_tui import __version__
from cxr_tui.cli.help_topics import command_pages, epilogue
from cxr_tui.domain.text import printable, visible
from cxr_tui.security.stdio import write_error, write_out

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

Completions: TypeAlias = Mapping[str, Callable[[], Iterable[str]]]
"""Sources of the values of options, by the options' names in the result."""


class Grammar(argparse.ArgumentParser):
    """Names the error of a command line; repeats no secret, and no character that controls the terminal."""

    def error(self, message: str) -> NoReturn:
        """End with the message; argparse's own would put a secret given as an argument into the logs of scripts."""
        refused = any(word in message for word in ("unrecognized arguments", "explicit argument"))
        if refused and any(re.match(r"--(pass|secret|token)", word) for word in sys.argv):
            message = (
                "a secret is never an argument, because other users can see arguments; enter it at a prompt, by "
                "standard input (--password-stdin, --passphrase-stdin, --secrets-stdin), or keep it in the keyring"
            )
        super().error(printable(message))

    def parse(self, arguments: Sequence[str] | None) -> argparse.Namespace:
        """Return the options; options that have no effect together are a usage error."""
        args = self.parse_args(arguments)
        problem = without_effect(args)
        if problem:
            self.error(problem)
        return args

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print help, version and usage the way everything else is printed."""
        if message:
            (write_out if file is sys.stdout else write_error)(message)


_GENERAL = ("--integration", "--at", "--sandbox", "--people", "--scenario", "--fault", "--bare", "--screens")
"""Options that can precede a command."""

_NEEDS: Mapping[str, Mapping[str, str]] = {
    "wizard": dict.fromkeys(("--people", "--scenario", "--fault", "--bare", "--screens"), "--sandbox"),
    "preflight": {"--email": "--rehearsal", "--passphrase-stdin": "--key"},
    "erase": {"--secrets": "--all"},
}
"""Options that need another one."""

_EXCLUDE: Mapping[str, Mapping[str, str]] = {
    "wizard": {"--sandbox": "--at", "--bare": "--screens"},
    "rehearse": {"--bare": "--screens"},
    "sandbox": {"--bare": "--screens"},
    "rotate": {
        "--abort": "--after-reset",
        "--due": "--integration --after-reset --dry-run",
        "--password-stdin": "--resume --abort --after-reset --due",
    },
    "status": {"--all": "--integration"},
    "preflight": {
        "--rehearsal": "--columns --mapping --match --delimiter --enclosure --charset --no-header --members --key"
    },
    "erase": {"--secrets": "--at"},
}
"""Options, each with those that it excludes."""


def without_effect(args: argparse.Namespace) -> str:
    """Return a message for the first option that has no effect, so that nothing unexpected happens; empty: none."""
    command = args.command

    def given(option: str) -> bool:
        return getattr(args, option.strip("-").replace("-", "_"), None) not in (None, False, [])

    for option in _GENERAL:
        if given(option) and option not in command_pages()[command].options:
            return f"{option} has no effect with the command {command}"
    for option, needed in _NEEDS.get(command, {}).items():
        if given(option) and not given(needed):
            return f"{option} has no effect without {needed}"
    for option, others in _EXCLUDE.get(command, {}).items():
        for other in others.split():
            if given(option) and given(other):
                return f"{option} and {other} have no effect together"
    return ""


def _number(text: str, most: int = 1_000_000) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most}")
    return number


def _step(text: str) -> str:
    from cxr_tui.guide.registry import GUIDE  # loaded only where a step is named

    ids = [step.id for step in GUIDE.steps]
    if text not in ids:
        raise argparse.ArgumentTypeError(f"Unknown step: {visible(text, 60)}. Steps: {', '.join(ids)}")
    return text


_ONE_OF = {
    "apply": ("--review", "--dry-run"),
    "rotate": ("--resume", "--abort", "--due"),
    "report": ("--notes", "--texts"),
    "erase": ("--records", "--answers", "--all"),
}
"""Options of which only one can be given; one of those of `erase` has to be."""

_MORE: Mapping[str, Mapping[str, Any]] = {
    "--plain": {"action": argparse.BooleanOptionalAction},
    "--people": {"type": _number},
    "--scenario": {"action": "append"},
    "--fault": {"action": "append"},
    "--until": {"type": _step},
    "steps": {"type": _step},
    "--watch": {"type": partial(_number, most=86_400), "const": 0},
    "--item": {"default": "responsys-password"},
    "--members": {"type": int},
    "--format": {"default": "md"},
    "--texts": {"const": "all"},
    "act": {"default": "show"},
}
"""Arguments for argparse that the manual does not express, by option."""

_FUNCTIONS = {"rehearse": "walk.rehearse", "apply": "walk.apply", "check": "walk.check", "help": "help.show_help"}
"""Module and function of a command below `cli.commands`; the others are named like their module."""
_LIGHT = ("explain", "config", "completion", "help")
"""Commands that open no integration."""


def parser(completions: Completions | None = None) -> Grammar:
    """Return the parser of the whole command line, as the manual describes it; `completions` are for a shell."""
    pages = command_pages()
    top = Grammar(
        prog="cxr-tui",
        description=pages["wizard"].summary,
        epilog=epilogue("wizard"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_options(top, "wizard", completions or {})
    top.add_argument("--version", action="version", version=f"cxr-tui {__version__}")
    top.set_defaults(command="wizard", run="wizard.wizard", light=False)
    top.set_defaults(integration=None, at=None, people=None, scenario=[], fault=[])
    top.set_defaults(sandbox=False, bare=False, screens=False)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    for name, page in pages.items():
        if name == "wizard":
            continue
        own = commands.add_parser(
            name,
            help=f"{page.summary[0].lower()}{page.summary[1:-1]}",
            description=f"{page.summary}\n\n{page.text}",
            epilog=epilogue(name),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _add_options(own, name, completions or {})
        own.set_defaults(command=name, run=_FUNCTIONS.get(name, f"{name}.{name}"), light=name in _LIGHT)
    return top


def _add_options(own: argparse.ArgumentParser, command: str, completions: Completions) -> None:
    """Add the options that the manual lists for a command.

    A general one that is not given is absent from the result, so that the same option before the command keeps its
    value.
    """
    one_of = _ONE_OF.get(command, ())
    group = own.add_mutually_exclusive_group(required=command == "erase") if one_of else own
    for name, option in command_pages()[command].options.items():
        names = ("-i", name) if name == "--integration" else (name,)
        absent = {"default": argparse.SUPPRESS} if name in _GENERAL else {}
        form = {**_form(option.value), **absent, **_MORE.get(name, {})}
        action = (group if name in one_of else own).add_argument(*names, help=option.words, **form)
        if words := completions.get(action.dest):
            vars(action)["completer"] = lambda words=words, **_: list(words())  # argcomplete looks for this attribute


def _form(value: str) -> dict[str, Any]:
    """Return how argparse names a value such as `FILE`, `[STEP...]` or `md|html|json`; empty: a flag."""
    if not value:
        return {"action": "store_true"}
    inner = value.strip("[]").removesuffix("...")
    form: dict[str, Any] = {"choices": tuple(inner.split("|"))} if "|" in inner else {"metavar": inner}
    if value.startswith("["):
        form["nargs"] = "*" if value.endswith("...]") else "?"
    return form
