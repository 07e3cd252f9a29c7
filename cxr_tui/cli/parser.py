"""The grammar of the command line: every command with its options; loads nothing but argparse."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from cxr_tui import __version__
from cxr_tui.cli.help_topics import TOPICS, command_pages, epilogue, filled
from cxr_tui.domain.text import printable
from cxr_tui.security.stdio import write_error, write_out

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_Commands: TypeAlias = "argparse._SubParsersAction[Grammar]"
"""The object that commands are added to; argparse has no public name for it."""


class Page(argparse.HelpFormatter):
    """Fills prose to the width of the terminal, and leaves examples as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return filled(text, width)


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


_GENERAL = ("-i", "--at", "--sandbox", "--people", "--scenario", "--fault", "--bare", "--screens")
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

_NEEDS: Mapping[str, Sequence[tuple[str, str]]] = {
    "wizard": tuple((option, "--sandbox") for option in sorted(_NEW_SANDBOX)),
    "preflight": (("--email", "--rehearsal"), ("--passphrase-stdin", "--key")),
    "erase": (("--secrets", "--all"),),
}
"""Options that need another one."""

_EXCLUDE: Mapping[str, Sequence[tuple[str, str]]] = {
    "wizard": (("--sandbox", "--at"), ("--bare", "--screens")),
    "rehearse": (("--bare", "--screens"),),
    "rotate": (
        ("--abort", "--after-reset"),
        *((other, "--password-stdin") for other in ("--resume", "--abort", "--after-reset", "--due")),
        *(("--due", other) for other in ("-i", "--after-reset", "--dry-run")),
    ),
    "sandbox": (("--bare", "--screens"),),
    "status": (("--all", "-i"),),
    "preflight": (
        *(("--rehearsal", other) for other in ("--columns", "--mapping", "--match", "--delimiter", "--enclosure")),
        *(("--rehearsal", other) for other in ("--charset", "--no-header", "--members", "--key")),
    ),
    "erase": (("--secrets", "--at"),),
}
"""Pairs of options that exclude each other."""


def without_effect(args: argparse.Namespace) -> str:
    """Return a message for the first option that has no effect, so that nothing unexpected happens; empty: none."""
    command = args.command

    def given(option: str) -> bool:
        name = "integration" if option == "-i" else option.strip("-").replace("-", "_")
        return getattr(args, name, None) not in (None, False, [])

    for option in _GENERAL:
        if given(option) and option not in _TAKES.get(command, _INTEGRATION):
            return f"{option} has no effect with the command {command}"
    for option, needed in _NEEDS.get(command, ()):
        if given(option) and not given(needed):
            return f"{option} has no effect without {needed}"
    for option, other in _EXCLUDE.get(command, ()):
        if given(option) and given(other):
            return f"{option} and {other} have no effect together"
    return ""


def parser() -> Grammar:
    """Return the parser of the whole command line."""
    top = Grammar(
        prog="cxr-tui",
        description=command_pages()["wizard"].summary,
        epilog=epilogue("wizard"),
        formatter_class=Page,
        parents=[_integration(), _new_sandbox()],
    )
    top.add_argument("--version", action="version", version=f"cxr-tui {__version__}")
    top.add_argument("--sandbox", action="store_true", help="run the wizard on a new sandbox")
    top.add_argument(
        "--plain",
        action=argparse.BooleanOptionalAction,
        help="plain questions and answers, line by line, instead of the full screen",
    )
    top.set_defaults(command="wizard", run="wizard.wizard", light=False)
    top.set_defaults(integration=None, at=None, people=None, scenario=[], fault=[], bare=False, screens=False)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    _walking(commands)
    _status(commands)
    _rotate(commands)
    _preflight(commands)
    _report(commands)
    _erase(commands)
    _sandbox(commands)
    _about_the_program(commands)
    return top


def _walking(commands: _Commands) -> None:
    """Add the commands that walk the guide: rehearse, apply, check."""
    own = _command(commands, "rehearse", _new_sandbox(), _json(), run="walk.rehearse")
    own.add_argument("--answers", metavar="FILE", help="answers that differ from the suggested ones (TOML)")
    own.add_argument("--until", metavar="STEP", help="stop after this step")

    own = _command(commands, "apply", _integration(), _json(), run="walk.apply")
    own.add_argument("answers", metavar="ANSWERS.toml", help="one table per step; confirmed = true for finished parts")
    own.add_argument("--until", metavar="STEP", help="stop after this step")
    own.add_argument(
        "--secrets-stdin", action="store_true", help="read ITEM=SECRET lines from standard input into the keyring"
    )
    instead = own.add_mutually_exclusive_group()
    instead.add_argument("--review", action="store_true", help="print every value with its source; change nothing")
    _dry_run(instead)

    own = _command(commands, "check", _integration(), _json(), run="walk.check")
    own.add_argument("steps", nargs="*", metavar="STEP", help="step ids (default: all)")
    _dry_run(own)


def _status(commands: _Commands) -> None:
    own = _command(commands, "status", _integration(), _json())
    own.add_argument("--all", action="store_true", help="all integrations, problems first")
    own.add_argument(
        "--watch",
        nargs="?",
        type=partial(_number, most=86_400),
        const=0,
        metavar="SECONDS",
        help="repeat at this interval (default: 60) until Ctrl+C; with --json one document per line",
    )


def _rotate(commands: _Commands) -> None:
    own = _command(commands, "rotate", _integration(), _json())
    act = own.add_mutually_exclusive_group()
    act.add_argument("--resume", action="store_true", help="your part is done: verify it and continue")
    act.add_argument("--abort", action="store_true", help="cancel before the change, or go back after it")
    act.add_argument("--due", action="store_true", help="list the ages of the passwords; reads no secret")
    own.add_argument(
        "--after-reset",
        action="store_true",
        help="with --resume: the password was reset; allow two more login attempts",
    )
    own.add_argument("--password-stdin", action="store_true", help="read the new password from standard input")
    own.add_argument(
        "--item", metavar="NAME", default="responsys-password", help="secret to rotate (default: responsys-password)"
    )
    _dry_run(own)


def _preflight(commands: _Commands) -> None:
    own = _command(commands, "preflight", _integration(), _json())
    own.add_argument("file", nargs="?", metavar="FILE", help="a file on this computer, or sftp:PATH on the file server")
    own.add_argument("--columns", metavar="SCHEMA.json", help="the list's columns, as GET /lists/{list}/fields returns")
    own.add_argument("--mapping", metavar="JSON", help="incoming to list column, as JSON or a JSON file")
    own.add_argument("--match", metavar="COLUMN", help="match column of the list")
    own.add_argument("--delimiter", metavar="SIGN", help="Comma (default), Semicolon, Tab, Pipe, or one character")
    own.add_argument("--enclosure", metavar="SIGN", help='None (default) or "')
    own.add_argument("--charset", metavar="NAME", help="UTF-8 (default), ISO-8859-1, Windows-1252, UTF-16 ...")
    own.add_argument("--no-header", action="store_true", help="the first line is a record; the mapping has the names")
    own.add_argument("--members", type=int, metavar="N", help="number of records in the exported list")
    own.add_argument("--key", metavar="PATH", help="private key for an encrypted file: key file or GnuPG home")
    own.add_argument("--passphrase-stdin", action="store_true", help="read the key's passphrase from standard input")
    own.add_argument(
        "--rehearsal",
        choices=("make", "switched", "remove"),
        help="make a key pair for one rehearsal export; verify that the export uses the right key again; remove it",
    )
    own.add_argument("--email", metavar="ADDRESS", help="address in the rehearsal pair's public key")


def _report(commands: _Commands) -> None:
    own = _command(commands, "report", _integration())
    own.add_argument(
        "--format", choices=("md", "html", "json"), default="md", help="Markdown (default), one HTML page, or JSON"
    )
    own.add_argument("--output", metavar="FILE", help="write to this file, readable only by you; follows no link")
    more = own.add_mutually_exclusive_group()
    more.add_argument("--notes", action="store_true", help="include messages kept as notes, with secrets masked")
    more.add_argument(
        "--texts",
        nargs="?",
        const="all",
        metavar="NAME",
        help="instead: service requests, emails and lists for colleagues, ready to copy; all, or the named one",
    )


def _erase(commands: _Commands) -> None:
    own = _command(commands, "erase", _integration(), _json())
    scope = own.add_mutually_exclusive_group(required=True)
    scope.add_argument("--records", action="store_true", help="sample records and people looked up")
    scope.add_argument(
        "--answers", action="store_true", help="also email addresses, free text, and all earlier answers in text fields"
    )
    scope.add_argument("--all", action="store_true", help="everything in the integration's journal")
    own.add_argument("--secrets", action="store_true", help="with --all: also its passwords in the keyring")
    own.add_argument("--yes", action="store_true", help="do not ask; for scripts")


def _sandbox(commands: _Commands) -> None:
    own = _command(commands, "sandbox", _new_sandbox(), _json())
    own.add_argument("--dir", metavar="DIR", help="folder for its files (default: a temporary one)")


def _about_the_program(commands: _Commands) -> None:
    """Add the commands about this computer and the program itself; most open no integration."""
    _command(commands, "doctor", _integration(), _json())

    own = _command(commands, "explain", _json(), light=True)
    own.add_argument("text", nargs="*", metavar="TEXT", help="the message (default, or -: read standard input)")

    own = _command(commands, "config", _json(), light=True)
    act = "show: every value, its source, and every problem (default); schema: JSON Schema"
    own.add_argument("act", nargs="?", choices=("show", "schema"), default="show", help=act)

    own = _command(commands, "completion", light=True)
    own.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")

    own = _command(commands, "help", run="help.show_help", light=True)
    own.add_argument("topic", nargs="?", metavar="TOPIC", help=f"a command, or one of: {', '.join(TOPICS)}")
    own.add_argument("section", nargs="?", metavar="SECTION", help="section of the facts, such as B.3")


def _command(
    commands: _Commands, name: str, *parents: Grammar, run: str = "", light: bool = False
) -> argparse.ArgumentParser:
    """Add a command; `run` is its module and function below `cli.commands`, a light one opens no integration."""
    page = command_pages()[name]
    own = commands.add_parser(
        name,
        help=f"{page.summary[0].lower()}{page.summary[1:-1]}",
        description=f"{page.summary}\n\n{page.text}".strip(),
        epilog=epilogue(name),
        formatter_class=Page,
        parents=parents,
    )
    own.set_defaults(command=name, run=run or f"{name}.{name}", light=light)
    return own


def _options() -> Grammar:
    """Return a group of options that several parsers share.

    An option that is not given leaves the namespace alone, so that one before the command keeps its value.
    """
    return Grammar(add_help=False, argument_default=argparse.SUPPRESS)


def _integration() -> Grammar:
    own = _options()
    own.add_argument("-i", "--integration", metavar="NAME", help="integration to use (default: “default”)")
    own.add_argument(
        "--at", metavar="DIR", help="use the sandbox, with its operator, that “cxr-tui sandbox --dir DIR” keeps running"
    )
    return own


def _new_sandbox() -> Grammar:
    own = _options()
    own.add_argument("--people", type=_number, metavar="N", help="size of the sandbox's list (default: 5000)")
    own.add_argument(
        "--scenario", action="append", metavar="S", help="plant this mistake in the sandbox; may be repeated"
    )
    own.add_argument(
        "--fault",
        action="append",
        metavar="F",
        help="simulate this network fault: NAME[=VALUE][@PLACE][*TIMES] (an unknown name lists all)",
    )
    own.add_argument(
        "--bare", action="store_true", help="as with the procedure alone: no API users and no SSH key of your own"
    )
    own.add_argument(
        "--screens",
        action="store_true",
        help="also read the sandbox's screens, so that every planted mistake shows at once",
    )
    return own


def _json() -> Grammar:
    own = _options()
    own.add_argument("--json", action="store_true", default=False, help="print one JSON document")
    return own


def _dry_run(parser_or_group: argparse._ActionsContainer) -> None:
    text = "list each request, file and keyring item that would be used, and touch none"
    parser_or_group.add_argument("--dry-run", action="store_true", help=text)


def _number(text: str, most: int = 1_000_000) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most}")
    return number
