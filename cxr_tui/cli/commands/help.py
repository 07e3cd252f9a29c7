"""`cxr-tui help`: a page of the manual, or a section of the facts."""

from __future__ import annotations

import textwrap
from argparse import Namespace

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.help_topics import TOPICS, WIDTH, command_pages, filled
from cxr_tui.cli.output import print_data, print_diagnostic
from cxr_tui.cli.parser import parser
from cxr_tui.config.loader import unknown_name
from cxr_tui.docs import facts
from cxr_tui.domain.text import visible


def show_help(args: Namespace) -> Exit:
    """Print the page of a command or a topic, or the list of all pages."""
    topic: str = args.topic or ""
    if args.section is not None:
        return _section(args) if topic == "facts" else _no_section(topic)
    if not topic:
        print_data(parser().format_help())
        print_data("topics:")
        for name, (title, _) in TOPICS.items():
            print_data(f"  cxr-tui help {name:<13} {title}")
        return Exit.OK
    if topic in TOPICS:
        title, page = TOPICS[topic]
        print_data(f"{title}\n\n{filled(page())}")
        return Exit.OK
    if topic in command_pages():
        parser().parse_args(["--help"] if topic == "wizard" else [topic, "--help"])  # prints, and ends the program
    print_diagnostic(unknown_name(topic, (*TOPICS, *command_pages()), "page"))
    return Exit.USAGE


def _no_section(topic: str) -> Exit:
    print_diagnostic(f"The page {visible(topic, 60)} has no sections; only facts has them: cxr-tui help facts")
    return Exit.USAGE


def _section(args: Namespace) -> Exit:
    id_: str = args.section.upper().rstrip(".")
    found = facts().below(id_)
    if not found:
        print_diagnostic(unknown_name(args.section, tuple(facts().sections), "section of the facts"))
        return Exit.USAGE
    for number, one in enumerate(found):
        print_data(f"{chr(10) * (number > 0)}{one.id}  {one.title}")
        if one.text:
            print_data(f"\n{_wrapped(one.text)}")
    names = facts().sources_of("\n".join(one.text for one in found))
    if names:
        print_data("\nsources:\n" + "\n".join(f"  {name} = {where}" for name, where in names.items()))
    return Exit.OK


def _wrapped(facts: str) -> str:
    """Wrap a list of facts; addresses stay whole."""
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
        for line in facts.splitlines()
    )
