"""The manual: the page of every command with its examples, and pages on topics that concern all commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from itertools import groupby
from typing import NamedTuple

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.docs import page

WIDTH = 79
SEE_ALSO = "more: cxr-tui help, and cxr-tui help environment, files, exit-codes, answers,\nplain, keys, facts"


class Option(NamedTuple):
    """An option or an argument of a command."""

    value: str
    """Name of its value, in brackets if it may be left out, or its choices; empty for a flag."""
    words: str
    """What it does."""


class Command(NamedTuple):
    """The manual's page on a command."""

    summary: str
    """One sentence."""
    text: str
    """More about it than its options say; may be empty."""
    options: Mapping[str, Option]
    examples: str
    """Command lines, each below a comment that names its purpose."""


@cache
def command_pages() -> Mapping[str, Command]:
    """Return the page of every command; `wizard` is the program without a command."""
    head, *parts = re.split(r"^## (\w+)\n", page("commands"), flags=re.MULTILINE)
    shared = _options(head.partition(":\n")[2], {})
    found = {}
    for name, part in zip(parts[::2], parts[1::2], strict=True):
        prose, _, examples = part.partition("examples:\n")
        prose, _, own = prose.partition("options:\n")
        summary, _, more = prose.strip().partition("\n\n")
        found[name] = Command(summary, more, _options(own, shared), examples.rstrip())
    return found


def _options(text: str, shared: Mapping[str, Option]) -> dict[str, Option]:
    """Return the options that a page lists by name; a line without words names some that several commands share."""
    found: dict[str, Option] = {}
    for line in text.splitlines():
        option, explained, words = line.strip().partition(": ")
        if explained:
            name, _, value = option.partition(" ")
            found[name] = Option(value, words)
        else:
            found |= {name: shared[name] for name in option.split()}
    return found


@cache
def _exit_codes_in_prose() -> str:
    import textwrap

    codes = "; ".join(f"{code.value} {code.meaning}" for code in Exit)
    return textwrap.fill(codes, WIDTH, initial_indent="  ", subsequent_indent="  ")


def epilogue(command: str) -> str:
    """Return the text below the options of a command."""
    examples = command_pages()[command].examples
    return f"examples:\n{examples}\n\nexit codes:\n{_exit_codes_in_prose()}\n\n{SEE_ALSO}"


def filled(text: str) -> str:
    """Wrap the prose of a text; paragraphs with indented lines stay unchanged."""
    import textwrap

    paragraphs = text.split("\n\n")
    return "\n\n".join(
        part if re.search("^ ", part, re.MULTILINE) else textwrap.fill(part, WIDTH, break_on_hyphens=False)
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
    from cxr_tui.config.settings import SETTINGS

    rows = (f"  {one.variable}\n      {one.meaning} ({one.name})" for one in SETTINGS if one.variable)
    return page("environment").format(settings="\n".join(rows))


def _files() -> str:
    from cxr_tui.config.loader import load
    from cxr_tui.integration.paths import crash_home, data_home, state_home

    return page("files").format(
        settings=load().file,
        journal=data_home() / "integrations" / "NAME" / "journal.db",
        crashes=crash_home(),
        scratch=state_home() / "scratch",
    )


def _exit_codes() -> str:
    return "\n".join(f"  {code.value:>3}  {code.meaning}" for code in Exit)


def _keys() -> str:
    import textwrap

    from cxr_tui.config.loader import load
    from cxr_tui.tui.actions.table import ALL_ACTIONS, shown

    own = load().settings.keymap
    lines: list[str] = []
    for scope, actions in groupby((action for action in ALL_ACTIONS if action.key), lambda action: action.scope):
        lines += ["", f"{scope}:"]
        for action in actions:
            key = shown(own.get(action.binding_id, action.key))
            lines.append(f"  {key:<10} {action.label:<20} {action.binding_id}")
            lines += textwrap.wrap(action.tooltip, WIDTH, initial_indent=" " * 13, subsequent_indent=" " * 13)
    return page("keys").format(keys="\n".join(lines[1:]))


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
            "testing": "How tests are laid out, run and written",
        }.items()
    },
}
