"""The manual: examples of every command, what else is to be said of it, and pages on what concerns them all."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import NamedTuple

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.docs import page

EXIT_CODES = """\
exit codes:
  0 everything in order; 1 a problem was found; 2 usage; 3 an outside system
  cannot be reached; 4 the credential store cannot be used; 70 internal error;
  128 + n ended by signal n (130 interrupted, 143 terminated); 141 broken pipe
  (for example | head -1)
"""
WIDTH = 79
SEE_ALSO = "more: cxr-tui help, and cxr-tui help environment, files, exit-codes, answers,\nplain, keys, facts"


class Command(NamedTuple):
    """What the manual says of a command."""

    text: str
    """What its options do not say; empty: nothing."""
    examples: str
    """Command lines, each below a comment that says what it is for."""

    @property
    def lines(self) -> list[str]:
        """Return the command lines of the examples."""
        return [line.strip() for line in self.examples.splitlines() if line and not line.startswith("  #")]


@cache
def command_pages() -> Mapping[str, Command]:
    """Return what the manual says of every command; `wizard` is the program without a command."""
    _, *parts = re.split(r"^## (\w+)\n", page("commands"), flags=re.MULTILINE)
    found = {}
    for name, part in zip(parts[::2], parts[1::2], strict=True):
        text, _, examples = part.partition("examples:\n")
        found[name] = Command(text.strip(), examples.rstrip())
    return found


def epilogue(command: str) -> str:
    """Return what stands under the options of a command."""
    return f"examples:\n{command_pages()[command].examples}\n\n{EXIT_CODES}\n{SEE_ALSO}"


def filled(text: str, width: int = WIDTH) -> str:
    """Return text with its prose broken at a width; paragraphs with indented lines stay as they are."""
    import textwrap

    paragraphs = text.split("\n\n")
    return "\n\n".join(
        part if re.search("^ ", part, re.MULTILINE) else textwrap.fill(part, width, break_on_hyphens=False)
        for part in paragraphs
    )


def _facts() -> str:
    from cxr_tui.docs import facts

    intro = (
        "The program judges by these facts. Each says how certain it is and where it comes from: documented by Oracle, "
        "observed in public, or inferred from other facts. An inferred fact never fails a check."
    )
    rows = (f"  cxr-tui help facts {one.id:<5} {one.title}" for one in facts().sections.values())
    return "\n".join((intro, "", *rows))


def _manual_page(name: str) -> str:
    return page(name).partition("\n")[2].strip()


def _environment() -> str:
    from cxr_tui.config.settings import CONFIG_VARIABLE, SETTINGS

    rows = [(one.variable, f"{one.meaning} ({one.name})") for one in SETTINGS if one.variable]
    rows += [
        (CONFIG_VARIABLE, "Another configuration file"),
        ("ACCESSIBLE=1", "Plain questions and answers, as with --plain"),
        ("TERM=dumb", "The same; also unknown, or empty"),
        ("NO_COLOR", "No colour on the full screen"),
        ("XDG_CONFIG_HOME", "Folder of the configuration file's folder, on Linux"),
        ("XDG_DATA_HOME", "Folder of the journals' folder, on Linux"),
        ("XDG_STATE_HOME", "Folder of the folders for reports on errors and for gpg, on Linux"),
        ("GNUPGHOME", "Not used: every run of gpg has a home of its own"),
        ("HTTPS_PROXY, ALL_PROXY", "The proxy on the way to the products; http and https proxies"),
        ("NO_PROXY", "Hosts, domains, addresses and networks that are reached without it"),
        ("SSL_CERT_FILE, SSL_CERT_DIR", "Certificate authorities to trust besides the system's"),
    ]
    lines = [f"  {name}\n      {meaning}" for name, meaning in rows]
    order = (
        "A variable comes before the configuration file, the command line before both. cxr-tui config shows which of "
        "them is in force. No secret is ever taken from a variable."
    )
    return "\n".join([*lines, "", order])


def _files() -> str:
    from cxr_tui.config.loader import load
    from cxr_tui.integration.paths import crash_home, data_home, state_home

    home = data_home()
    return "\n".join(
        (
            f"  {load().file}",
            "      settings; cxr-tui config schema says what may stand in it",
            f"  {home / 'integrations' / 'NAME' / 'journal.db'}",
            "      what was answered, found and said of one integration; never a secret",
            f"  {crash_home()}",
            "      reports on errors of the program, without values",
            f"  {state_home() / 'scratch'}",
            "      what gpg works with, for as long as it works",
            "  the keyring of this system, entries cxr-tui/NAME/...",
            "      passwords and passphrases, and nowhere else",
        )
    )


def _exit_codes() -> str:
    from enum import IntEnum

    codes: type[IntEnum] = Exit
    told = {
        "OK": "everything is in order",
        "PROBLEM": "a problem was found, or something is not done yet",
        "USAGE": "the command line, the configuration or a file cannot be used",
        "UNREACHABLE": "an outside system could not be reached",
        "STORE": "the credential store cannot be used",
        "CRASH": "internal error; a report was written",
        "HUNG_UP": "the terminal is gone (SIGHUP)",
        "INTERRUPTED": "interrupted (SIGINT, Ctrl+C)",
        "READER_GONE": "broken pipe, as with | head -1",
        "TERMINATED": "terminated (SIGTERM)",
    }
    return "\n".join(f"  {code.value:>3}  {told[code.name]}" for code in codes)


def _keys() -> str:
    import textwrap

    from cxr_tui.config.loader import load
    from cxr_tui.tui.actions.action import shown
    from cxr_tui.tui.actions.table import ALL_ACTIONS

    own = load().settings.keymap
    lines: list[str] = []
    scope = None
    for action in ALL_ACTIONS:
        if not action.key:
            continue
        if action.scope is not scope:
            scope = action.scope
            lines.append(f"{scope}:" if not lines else f"\n{scope}:")
        key = shown(own.get(action.binding_id, action.key))
        lines.append(f"  {key:<10} {action.label:<20} {action.binding_id}")
        lines += textwrap.wrap(action.tooltip, WIDTH, initial_indent=" " * 13, subsequent_indent=" " * 13)
    how = (
        "Another key for an action stands in the configuration file under keymap, by the id at the right:\n\n"
        '  keymap = { "wizard.check" = "f5,ctrl+k" }'
    )
    return "\n".join([*lines, "", how])


TOPICS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "environment": ("Environment variables", _environment),
    "files": ("Files and folders", _files),
    "exit-codes": ("Exit codes", _exit_codes),
    "answers": ("Answers files for apply", lambda: page("answers")),
    "plain": ("Plain mode", lambda: page("plain")),
    "keys": ("Keys of the full screen", _keys),
    "facts": ("Facts about the two products", _facts),
    **{
        name: (title, partial(_manual_page, name))
        for name, title in {
            "promises": "What the program guarantees, and the tests that hold it",
            "figures": "Measurements and their commands",
            "comparison": "Features beside other setup wizards",
            "contributing": "How to add a step, and run the checks",
            "style": "How texts are written",
        }.items()
    },
}
