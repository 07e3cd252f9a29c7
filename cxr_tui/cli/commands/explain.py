"""`explain`: explains a message from a product, an email or a log."""

from __future__ import annotations

import codecs
import sys
import textwrap
from argparse import Namespace
from typing import Any

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.help_topics import WIDTH
from cxr_tui.cli.output import print_diagnostic, print_result
from cxr_tui.domain.text import visible
from cxr_tui.guide.catalog.explanation import messages
from cxr_tui.guide.catalog.recognition import LONGEST, Recognised, recognise
from cxr_tui.guided.explain import rows
from cxr_tui.security.redaction import redact_report

_ORIGINS = ", ".join(dict.fromkeys(message.origin for message in messages()))
_NOT_KNOWN = (
    "Not known. The text contains no documented or observed message, and nothing is guessed. Give it to Oracle Support "
    f"unchanged, without passwords and keys. Messages are known from: {_ORIGINS}."
)


def explain(args: Namespace) -> Exit:
    """Explain the text of the command line or of standard input; exit code 1 if it is not known."""
    text = " ".join(args.text)
    if text in ("", "-"):
        try:
            text = _standard_input()
        except KeyboardInterrupt:
            return Exit.INTERRUPTED
    if not text.strip():
        print_diagnostic("There is no text to explain. Give it in quotes after explain, or by standard input.")
        return Exit.USAGE
    if len(text) > LONGEST:
        print_diagnostic(
            f"The text is longer than {LONGEST:,} characters. Give only the lines around the error, for example: "
            "tail -n 40 job.log | cxr-tui explain"
        )
        return Exit.USAGE
    found = recognise(text)
    document = {"known": bool(found), "messages": [_document(one) for one in found]}
    print_result(args, document, "\n\n".join(map(_page, found)) or textwrap.fill(_NOT_KNOWN, WIDTH))
    return Exit.OK if found else Exit.PROBLEM


def _standard_input() -> str:
    if sys.stdin is None:
        return ""
    if sys.stdin.isatty():
        print_diagnostic("Type or paste the message, then end the input (Ctrl+D; on Windows Ctrl+Z and Enter).")
    octets = sys.stdin.buffer.read(4 * LONGEST + 1)  # a character has at most four bytes; an endless input is cut here
    marked = octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return octets.decode("utf-16" if marked else "utf-8-sig", "replace")


def _document(one: Recognised) -> dict[str, Any]:
    message = one.message
    return {
        "message": one.name,
        "origin": message.origin,
        "seen": visible(redact_report(one.seen)),
        "cut": one.cut,
        "code": message.cause.code,
        "trap": _trap(message.cause.code) or None,
        "why": message.cause.why,
        "remedy": message.cause.remedy,
        "basis": message.basis.value,
        "source": f"facts {message.facts}",
    }


def _page(one: Recognised) -> str:
    trap = _trap(one.message.cause.code)
    told = [("trap" if label == "finding" and trap else label, text) for label, text in rows(one)]
    if trap:
        told.append(("rehearse", f"cxr-tui --sandbox --scenario {trap}"))
    lines = (
        textwrap.fill(
            text,
            WIDTH,
            initial_indent=f"  {label:<10}",
            subsequent_indent=" " * 12,
            break_on_hyphens=False,
            break_long_words=False,
        )
        for label, text in told
    )
    return "\n".join((one.name, *lines))


def _trap(code: str) -> str:
    from cxr_tui.sandbox.scenarios import known_scenarios

    return code if code in known_scenarios() else ""
