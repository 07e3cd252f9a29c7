"""The grammar of the command line; the words of its commands and options are in the manual (`docs/commands.md`)."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from cxr_tui import __version__
from cxr_tui.cli.help_topics import command_pages, epilogue, filled
from cxr_tui.domain.text import printable, visible
from cxr_tui.security.stdio import write_error, write_out

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_Commands: TypeAlias = "argparse._SubParsersAction[Grammar]"
"""The object that commands are added to; argparse has no public name for it."""


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


def _number(text: str, most: int = 1_000_000) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most}")
    return number


_GENERAL: Mapping[str, Mapping[str, Any]] = {
    "-i": {"metavar": "NAME"},
    "--at": {"metavar": "DIR"},
    "--sandbox": {"action": "store_true"},
    "--people": {"type": _number, "metavar": "N"},
    "--scenario": {"action": "append", "metavar": "S"},
    "--fault": {"action": "append", "metavar": "F"},
    "--bare": {"action": "store_true"},
    "--screens": {"action": "store_true"},
}
"""Options that can precede a command."""
_NEW_SANDBOX = frozenset({"--people", "--scenario", "--fault", "--bare", "--screens"})
_INTEGRATION = frozenset({"-i", "--at"})
_TAKES: Mapping[str, frozenset[str]] = {
    "wizard": frozenset(_GENERAL),
    "rehearse": _NEW_SANDBOX,
    "sandbox": _NEW_SANDBOX,
    "config": frozenset({"-i", "--people"}),
    "explain": frozenset(),
    "completion": frozenset(),
    "help": frozenset(),
}
"""The general options that a command uses; every other command works on one integration."""

_NEEDS: Mapping[str, Mapping[str, str]] = {
    "wizard": dict.fromkeys(sorted(_NEW_SANDBOX), "--sandbox"),
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
        "--due": "-i --after-reset --dry-run",
        "--password-stdin": "--resume --abort --after-reset --due",
    },
    "status": {"--all": "-i"},
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
        name = "integration" if option == "-i" else option.strip("-").replace("-", "_")
        return getattr(args, name, None) not in (None, False, [])

    for option in _GENERAL:
        if given(option) and option not in _TAKES.get(command, _INTEGRATION):
            return f"{option} has no effect with the command {command}"
    for option, needed in _NEEDS.get(command, {}).items():
        if given(option) and not given(needed):
            return f"{option} has no effect without {needed}"
    for option, others in _EXCLUDE.get(command, {}).items():
        for other in others.split():
            if given(option) and given(other):
                return f"{option} and {other} have no effect together"
    return ""


class Options:
    """Adds options to a command, or to a group of them; their words are those of the manual."""

    def __init__(self, where: argparse._ActionsContainer, words: Mapping[str, str]) -> None:
        self._where = where
        self._words = words

    def add(self, *names: str, **more: Any) -> None:  # noqa: ANN401 - handed on to argparse, which takes anything
        """Add an option with a value, or an argument."""
        self._where.add_argument(*names, help=self._words[names[-1]], **more)

    def flags(self, *names: str) -> None:
        """Add options without a value."""
        for name in names:
            self.add(name, action="store_true")

    def one_of(self, *, required: bool = False) -> Options:
        """Return a group for options that exclude each other."""
        return Options(self._where.add_mutually_exclusive_group(required=required), self._words)

    def general(self, taken: frozenset[str]) -> None:
        """Add those of the general options that are taken.

        One that is not given is absent from the result, so that the same option before the command keeps its value.
        """
        for option, more in _GENERAL.items():
            if option in taken:
                names = ("-i", "--integration") if option == "-i" else (option,)
                self.add(*names, default=argparse.SUPPRESS, **more)


def parser() -> Grammar:
    """Return the parser of the whole command line."""
    page = command_pages()["wizard"]
    top = Grammar(
        prog="cxr-tui",
        description=filled(page.summary),
        epilog=epilogue("wizard"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    own = Options(top, page.options)
    own.general(_TAKES["wizard"])
    top.add_argument("--version", action="version", version=f"cxr-tui {__version__}")
    own.add("--plain", action=argparse.BooleanOptionalAction)
    top.set_defaults(command="wizard", run="wizard.wizard", light=False)
    top.set_defaults(integration=None, at=None, people=None, scenario=[], fault=[])
    top.set_defaults(sandbox=False, bare=False, screens=False)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    _walking(commands)
    _running(commands)
    _reporting(commands)
    _about_the_program(commands)
    return top


def _walking(commands: _Commands) -> None:
    """Add the commands that walk the guide."""
    own = _command(commands, "rehearse", run="walk.rehearse")
    own.flags("--json")
    own.add("--answers", metavar="FILE")
    own.add("--until", type=_step, metavar="STEP")

    own = _command(commands, "apply", run="walk.apply")
    own.flags("--json", "--secrets-stdin")
    own.add("answers", metavar="ANSWERS.toml")
    own.add("--until", type=_step, metavar="STEP")
    own.one_of().flags("--review", "--dry-run")

    own = _command(commands, "check", run="walk.check")
    own.flags("--json", "--dry-run")
    own.add("steps", nargs="*", type=_step, metavar="STEP")


def _running(commands: _Commands) -> None:
    """Add the commands about an integration that is set up."""
    own = _command(commands, "status")
    own.flags("--json", "--all")
    own.add("--watch", nargs="?", type=partial(_number, most=86_400), const=0, metavar="SECONDS")

    own = _command(commands, "rotate")
    own.flags("--json")
    own.one_of().flags("--resume", "--abort", "--due")
    own.flags("--after-reset", "--password-stdin", "--dry-run")
    own.add("--item", metavar="NAME", default="responsys-password")

    own = _command(commands, "preflight")
    own.flags("--json")
    own.add("file", nargs="?", metavar="FILE")
    own.add("--columns", metavar="SCHEMA.json")
    own.add("--mapping", metavar="JSON")
    own.add("--match", metavar="COLUMN")
    own.add("--delimiter", metavar="SIGN")
    own.add("--enclosure", metavar="SIGN")
    own.add("--charset", metavar="NAME")
    own.add("--members", type=int, metavar="N")
    own.add("--key", metavar="PATH")
    own.flags("--no-header", "--passphrase-stdin")
    own.add("--rehearsal", choices=("make", "switched", "remove"))
    own.add("--email", metavar="ADDRESS")


def _reporting(commands: _Commands) -> None:
    """Add the commands that report what is recorded, or remove it."""
    own = _command(commands, "report")
    own.add("--format", choices=("md", "html", "json"), default="md")
    own.add("--output", metavar="FILE")
    more = own.one_of()
    more.flags("--notes")
    more.add("--texts", nargs="?", const="all", metavar="NAME")

    own = _command(commands, "erase")
    own.flags("--json")
    own.one_of(required=True).flags("--records", "--answers", "--all")
    own.flags("--secrets", "--yes")


def _about_the_program(commands: _Commands) -> None:
    """Add the sandbox, and the commands about this computer and the program itself."""
    own = _command(commands, "sandbox")
    own.flags("--json")
    own.add("--dir", metavar="DIR")

    own = _command(commands, "doctor")
    own.flags("--json")

    own = _command(commands, "explain", light=True)
    own.flags("--json")
    own.add("text", nargs="*", metavar="TEXT")

    own = _command(commands, "config", light=True)
    own.flags("--json")
    own.add("act", nargs="?", choices=("show", "schema"), default="show")

    _command(commands, "completion", light=True).add("shell", choices=("bash", "zsh", "fish"))

    own = _command(commands, "help", run="help.show_help", light=True)
    own.add("topic", nargs="?", metavar="TOPIC")
    own.add("section", nargs="?", metavar="SECTION")


def _command(commands: _Commands, name: str, *, run: str = "", light: bool = False) -> Options:
    """Add a command; `run` is its module and function below `cli.commands`, a light one opens no integration."""
    page = command_pages()[name]
    own = commands.add_parser(
        name,
        help=f"{page.summary[0].lower()}{page.summary[1:-1]}",
        description=filled(f"{page.summary}\n\n{page.text}".strip()),
        epilog=epilogue(name),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    own.set_defaults(command=name, run=run or f"{name}.{name}", light=light)
    options = Options(own, page.options)
    options.general(_TAKES.get(name, _INTEGRATION))
    return options


def _step(text: str) -> str:
    from cxr_tui.guide.registry import GUIDE  # loaded only where a step is named

    ids = [step.id for step in GUIDE.steps]
    if text not in ids:
        raise argparse.ArgumentTypeError(f"Unknown step: {visible(text, 60)}. Steps: {', '.join(ids)}")
    return text
