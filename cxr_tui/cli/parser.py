"""The grammar of the command line: every command with its options; loads nothing but argparse."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from cxr_tui import __version__
from cxr_tui.cli.help_topics import TOPICS, command_pages, epilogue, filled
from cxr_tui.domain.text import printable
from cxr_tui.security.stdio import write_error, write_out

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_Commands: TypeAlias = "argparse._SubParsersAction[Grammar]"
"""What commands are added to; argparse has no public name for it."""


class Page(argparse.HelpFormatter):
    """Fills prose to the width of the terminal, and leaves examples as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return filled(text, width)


class Grammar(argparse.ArgumentParser):
    """Names what is wrong with a command line; repeats no secret, and no word that steers the terminal."""

    def error(self, message: str) -> NoReturn:
        """End with the message; argparse's own would go on to scripts' logs with the secret in it."""
        told = any(word in message for word in ("unrecognized arguments", "explicit argument"))
        if told and any(re.match(r"--(pass|secret|token)", word) for word in sys.argv):
            message = (
                "a secret is never an argument, for others see those; it comes by a prompt, by standard input "
                "(--password-stdin, --passphrase-stdin, --secrets-stdin), or lies in the keyring"
            )
        super().error(printable(message))

    def parse(self, arguments: Sequence[str] | None) -> argparse.Namespace:
        """Return the options; ends as a wrong command line does where some of them have no effect together."""
        args = self.parse_args(arguments)
        wrong = in_vain(args)
        if wrong:
            self.error(wrong)
        return args

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Print help, version and usage the way everything else is printed."""
        if message:
            (write_out if file is sys.stdout else write_error)(message)


_OPTIONS = {
    "integration": "-i",
    "at": "--at",
    "sandbox": "--sandbox",
    "people": "--people",
    "scenario": "--scenario",
    "fault": "--fault",
    "bare": "--bare",
    "screens": "--screens",
}
"""Options that can stand before a command, by their names in the namespace."""
_OF_ONE = frozenset({"integration", "at"})
_TAKES: Mapping[str, frozenset[str]] = {
    "wizard": frozenset(_OPTIONS),
    "rehearse": frozenset({"people", "scenario", "fault", "bare", "screens"}),
    "sandbox": frozenset({"at", "people", "scenario", "fault", "bare", "screens"}),
    "rotate": _OF_ONE | {"sandbox", "people"},
    "config": frozenset({"integration", "people"}),
    "completion": frozenset(),
    "help": frozenset(),
}
"""Which of them a command takes; every other command works on one integration."""

_NEEDS: Mapping[str, Sequence[tuple[str, str]]] = {
    "wizard": tuple((option, "--sandbox") for option in ("--scenario", "--fault", "--people", "--bare", "--screens")),
    "rotate": (("--people", "--sandbox"),),
    "sandbox": (("--calm", "--at"),),
    "preflight": (("--email", "--rehearsal"), ("--passphrase-stdin", "--key")),
    "config": (("--file", "validate"),),
}
"""Options without effect alone: each with what it needs."""

_EXCLUDE: Mapping[str, Sequence[tuple[str, str]]] = {
    "wizard": (("--sandbox", "--at"), ("--bare", "--screens")),
    "rehearse": (("--bare", "--screens"),),
    "rotate": (
        ("--sandbox", "--at"),
        ("--abort", "--anew"),
        ("--abort", "--password-stdin"),
        *(("--due", other) for other in ("-i", "--anew", "--dry-run", "--password-stdin", "--rules", "--sandbox")),
        ("--dry-run", "--sandbox"),
    ),
    "sandbox": (
        *(("--at", other) for other in ("--dir", "--scenario", "--people", "--bare", "--screens")),
        ("--bare", "--screens"),
        ("--calm", "--fault"),
    ),
    "status": (("--all", "-i"),),
    "preflight": (
        *(("--rehearsal", other) for other in ("--columns", "--mapping", "--match", "--delimiter", "--enclosure")),
        *(("--rehearsal", other) for other in ("--charset", "--no-header", "--members", "--key")),
    ),
}
"""Options of which one has no effect beside the other."""


def in_vain(args: argparse.Namespace) -> str:
    """Say which option has no effect, so that nothing else happens than was asked for; empty: every one has some."""
    command = args.command

    def given(option: str) -> bool:
        if option == "validate":
            return bool(args.act == "validate")
        name = next((name for name, word in _OPTIONS.items() if word == option), option.strip("-").replace("-", "_"))
        return getattr(args, name, None) not in (None, False, [])

    for name, option in _OPTIONS.items():
        if given(option) and name not in _TAKES.get(command, _OF_ONE):
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
        description="Connect Oracle Responsys with Oracle CX Audience, step by step, and verify that it works.",
        epilog=epilogue("wizard"),
        formatter_class=Page,
    )
    top.add_argument("--version", action="version", version=f"cxr-tui {__version__}")
    _integration(top)
    top.add_argument("--sandbox", action="store_true", help="run the wizard against a fresh embedded sandbox")
    top.add_argument(
        "--plain",
        action=argparse.BooleanOptionalAction,
        help="plain questions and answers, line by line, instead of the full screen",
    )
    _population(top)
    top.set_defaults(command="wizard")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    _rehearse(commands)
    _apply(commands)
    _check(commands)
    _status(commands)
    _rotate(commands)
    _preflight(commands)
    _explain(commands)
    _report(commands)
    _erase(commands)
    _doctor(commands)
    _sandbox(commands)
    _config(commands)
    _completion(commands)
    _help(commands)
    return top


def _rehearse(commands: _Commands) -> None:
    one = _command(commands, "rehearse", "all 26 steps, headless, on a fresh sandbox over real sockets")
    _population(one, inherited=True)
    one.add_argument("--answers", metavar="FILE", help="answers that differ from what is proposed (TOML)")
    one.add_argument("--until", metavar="STEP", help="stop after this step")
    _json(one)


def _apply(commands: _Commands) -> None:
    one = _command(commands, "apply", "the same steps from an answers file, no prompt ever")
    _integration(one, inherited=True)
    one.add_argument("answers", metavar="ANSWERS.toml", help="one table a step; confirmed = true for what was done")
    one.add_argument("--until", metavar="STEP", help="stop after this step")
    one.add_argument(
        "--secrets-stdin", action="store_true", help="read ITEM=SECRET lines from standard input into the keyring"
    )
    instead = one.add_mutually_exclusive_group()
    instead.add_argument("--review", action="store_true", help="print every value with where it came from; do nothing")
    _dry_run(instead)
    _json(one)


def _check(commands: _Commands) -> None:
    one = _command(commands, "check", "run the checks again on an integration that is set up")
    _integration(one, inherited=True)
    one.add_argument("steps", nargs="*", metavar="STEP", help="step ids; none: all")
    _dry_run(one)
    _json(one)


def _status(commands: _Commands) -> None:
    one = _command(commands, "status", "are the jobs running?")
    _integration(one, inherited=True)
    one.add_argument("--all", action="store_true", help="every integration at once, those in need first")
    one.add_argument(
        "--watch",
        nargs="?",
        type=_seconds,
        const=0,
        metavar="SECONDS",
        help="look again every so many seconds (as set: 60) until Ctrl+C; with --json one document a line",
    )
    _json(one)


def _rotate(commands: _Commands) -> None:
    one = _command(commands, "rotate", "a new password on both sides, without locking anyone out")
    _integration(one, inherited=True)
    one.add_argument(
        "--sandbox", action="store_true", default=argparse.SUPPRESS, help="rehearse it on a fresh embedded sandbox"
    )
    one.add_argument("--people", type=_count, metavar="N", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    act = one.add_mutually_exclusive_group()
    act.add_argument("--resume", action="store_true", help="the person's part is done: verify it and go on")
    act.add_argument("--abort", action="store_true", help="give up before the change, or go back after it")
    act.add_argument("--due", action="store_true", help="list the passwords' ages; reads no secret")
    one.add_argument(
        "--anew", action="store_true", help="with --resume: the password was set anew, so allow two more login tries"
    )
    one.add_argument("--password-stdin", action="store_true", help="read the new one from standard input")
    one.add_argument("--item", metavar="NAME", default="responsys-password", help="which secret (responsys-password)")
    one.add_argument(
        "--rules", metavar="NAME=N,…", help="what the account demands, such as minimum_length=16,number=0; kept"
    )
    _dry_run(one)
    _json(one)


def _preflight(commands: _Commands) -> None:
    one = _command(commands, "preflight", "what the import would say of a file, before it runs; needs no integration")
    _integration(one, inherited=True)
    one.add_argument("file", nargs="?", metavar="FILE", help="a file of this machine, or sftp:PATH on the file server")
    one.add_argument("--columns", metavar="SCHEMA.json", help="the list's columns, as GET /lists/{list}/fields tells")
    one.add_argument("--mapping", metavar="JSON", help="incoming to list column, as JSON or a file of it")
    one.add_argument("--match", metavar="COLUMN", help="column of the list that records are matched by")
    one.add_argument("--delimiter", metavar="SIGN", help="Comma (default), Semicolon, Tab, Pipe, or one sign")
    one.add_argument("--enclosure", metavar="SIGN", help='None (default) or "')
    one.add_argument("--charset", metavar="NAME", help="UTF-8 (default), ISO-8859-1, Windows-1252, UTF-16 ...")
    one.add_argument("--no-header", action="store_true", help="the first line is a record; the mapping tells the names")
    one.add_argument("--members", type=int, metavar="N", help="how many records the exported list has")
    one.add_argument("--key", metavar="PATH", help="private key for an encrypted file: key file or GnuPG home")
    one.add_argument("--passphrase-stdin", action="store_true", help="read the key's passphrase from standard input")
    one.add_argument(
        "--rehearsal",
        choices=("make", "switched", "remove"),
        help="make a key pair for one rehearsal export; verify that the export went back to the right key; remove it",
    )
    one.add_argument("--email", metavar="ADDRESS", help="address in the rehearsal pair's public key")
    _json(one)


def _explain(commands: _Commands) -> None:
    one = _command(
        commands, "explain", "what a message means that a product, a mail or a log shows; needs no integration"
    )
    one.add_argument("text", nargs="*", metavar="TEXT", help="the message; none, or -: read standard input")
    _json(one)


def _report(commands: _Commands) -> None:
    one = _command(commands, "report", "what was set up, by which evidence; without secrets")
    _integration(one, inherited=True)
    one.add_argument(
        "--format", choices=("md", "html", "json"), default="md", help="Markdown (default), one HTML page, or JSON"
    )
    one.add_argument("--output", metavar="FILE", help="write it there, readable for you alone; never through a link")
    more = one.add_mutually_exclusive_group()
    more.add_argument("--notes", action="store_true", help="with messages kept as notes: whatever was pasted, masked")
    more.add_argument(
        "--texts",
        nargs="?",
        const="all",
        metavar="NAME",
        help="instead: service requests, mails and lists for colleagues, ready to copy; all, or the one of this name",
    )


def _erase(commands: _Commands) -> None:
    one = _command(commands, "erase", "remove personal data from everywhere the program keeps it")
    _integration(one, inherited=True)
    scope = one.add_mutually_exclusive_group(required=True)
    scope.add_argument("--records", action="store_true", help="sample records and people looked up")
    scope.add_argument(
        "--answers", action="store_true", help="the same, email addresses, free text, and all earlier answers in text"
    )
    scope.add_argument("--all", action="store_true", help="everything in the integration's journal")
    one.add_argument("--secrets", action="store_true", help="with --all: its passwords in the keyring too")
    one.add_argument("--yes", action="store_true", help="do not ask; for scripts")
    _json(one)


def _doctor(commands: _Commands) -> None:
    one = _command(commands, "doctor", "is this machine ready?")
    _integration(one, inherited=True)
    _json(one)


def _sandbox(commands: _Commands) -> None:
    one = _command(commands, "sandbox", "a sandbox that stays up; prints its URLs, users and keys")
    _population(one, inherited=True)
    one.add_argument("--dir", metavar="DIR", help="folder for its files; none: a temporary one")
    one.add_argument(
        "--at",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="start none: with the one that is up there, have the faults named on and no others; none named: show them",
    )
    one.add_argument("--calm", action="store_true", help="with --at: have no fault on any more")
    _json(one)


def _config(commands: _Commands) -> None:
    one = _command(commands, "config", "the settings in force, each with its source; are they right?")
    one.add_argument(
        "act",
        nargs="?",
        choices=("show", "validate", "schema"),
        default="show",
        help="show: every value and where it comes from (default); validate: name every problem; schema: JSON Schema",
    )
    one.add_argument("--file", metavar="FILE", help="with validate: this file instead of the one in force")
    _json(one)


def _completion(commands: _Commands) -> None:
    one = _command(commands, "completion", "a script by which a shell completes commands, options and their values")
    one.add_argument("shell", choices=("bash", "zsh", "fish"), help="for which shell")


def _help(commands: _Commands) -> None:
    one = _command(commands, "help", "a page of the manual: a command, or a topic")
    one.add_argument("topic", nargs="?", metavar="TOPIC", help=f"a command, or one of: {', '.join(TOPICS)}")
    one.add_argument("section", nargs="?", metavar="SECTION", help="of the facts, such as B.3; none: the list of them")


def _command(commands: _Commands, name: str, does: str) -> argparse.ArgumentParser:
    one = commands.add_parser(
        name,
        help=does,
        description=f"{_sentence(does)}\n\n{command_pages()[name].text}".strip(),
        epilog=epilogue(name),
        formatter_class=Page,
    )
    one.set_defaults(command=name)
    return one


def _sentence(does: str) -> str:
    return f"{does[0].upper()}{does[1:]}{'' if does[-1] in '?.' else '.'}"


def _integration(one: argparse.ArgumentParser, *, inherited: bool = False) -> None:
    # A subcommand repeats the options of the top level; SUPPRESS keeps it from overwriting what stood before it.
    default = argparse.SUPPRESS if inherited else None
    one.add_argument("-i", "--integration", metavar="NAME", default=default, help="which integration (as set: default)")
    one.add_argument(
        "--at",
        metavar="DIR",
        default=argparse.SUPPRESS if inherited else None,
        help="work with the sandbox that `cxr-tui sandbox --dir DIR` keeps up, operator included",
    )


def _population(one: argparse.ArgumentParser, *, inherited: bool = False) -> None:
    default = argparse.SUPPRESS if inherited else None
    one.add_argument(
        "--people", type=_count, metavar="N", default=default, help="size of the sandbox's list (as set: 5000)"
    )
    one.add_argument(
        "--scenario",
        action="append",
        default=argparse.SUPPRESS if inherited else [],
        metavar="S",
        help="plant this fault in the sandbox; may be repeated",
    )
    one.add_argument(
        "--fault",
        action="append",
        default=argparse.SUPPRESS if inherited else [],
        metavar="F",
        help="have this go wrong on the way there: NAME[=VALUE][@PLACE][*TIMES]; a wrong name lists all",
    )
    one.add_argument(
        "--bare",
        action="store_true",
        default=argparse.SUPPRESS if inherited else False,
        help="as with the procedure alone: nobody hands over API users, or an own key for the file server",
    )
    one.add_argument(
        "--screens",
        action="store_true",
        default=argparse.SUPPRESS if inherited else False,
        help="read the sandbox's screens too, so that every planted mistake shows at once",
    )


def _dry_run(one: argparse._ActionsContainer) -> None:
    text = "list each request, file and keyring item that would be touched, and touch none"
    one.add_argument("--dry-run", action="store_true", help=text)


def _json(one: argparse.ArgumentParser) -> None:
    one.add_argument("--json", action="store_true", help="print one JSON document")


def _seconds(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 86400")
    return number


def _count(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000000")
    return number
