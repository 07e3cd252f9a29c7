"""The handover as Markdown, and as one HTML page made from it."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.finding import Status
from cxr_tui.domain.instruction import Site
from cxr_tui.journal.gate import Next, State
from cxr_tui.presentation.badges import STATES
from cxr_tui.presentation.instructions import SITE_NAMES
from cxr_tui.presentation.values import NEXT_WORDS, basis_words

_MARKDOWN_SIGNS = re.compile(r"([\\`*\[\]<>|~]|(?<!\w)_|&(?=#?\w+;))")


def handover_markdown(document: dict[str, Any]) -> str:
    """Return the handover as Markdown, for tickets: values as code, sentences without any sign of Markdown."""
    return _environment().get_template("handover.md.j2").render(document)


def handover_html(document: dict[str, Any]) -> str:
    """Return the handover as one page that needs and fetches nothing else."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    body = reader.render(handover_markdown(document))  # escapes every text
    style = files("cxr_tui.reports.templates").joinpath("handover.css").read_text(encoding="utf-8")
    page = _environment().overlay(autoescape=True, finalize=None).get_template("handover.html.j2")
    return page.render(integration=document["integration"], body=body, style=style)


def evidence_basis(evidence: dict[str, Any]) -> str:
    """Return how certain a finding is, where it asks for something or is a guess."""
    doubtful = evidence["status"] != Status.PASS or evidence["basis"] == Basis.INFERRED
    return basis_words(Basis(evidence["basis"]), evidence["source"]) if doubtful else ""


def _plain(part: object) -> Markup:
    """Return a text of which no reader of Markdown makes anything else; `visible` has made it one line before."""
    if isinstance(part, Markup):
        return part
    return Markup(_MARKDOWN_SIGNS.sub(r"\\\1", str(part)))  # noqa: S704 - Markdown, whose signs are taken out


def _code(text: str) -> Markup:
    """Return a value to be shown letter by letter."""
    inner = text.replace("`", "'").replace("|", "\\|")
    return Markup(f"`{inner}`" if inner.strip() else "")  # noqa: S704 - Markdown, whose signs are taken out


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("cxr_tui.reports"),
        autoescape=False,  # nosec B701  # noqa: S701 - Markdown is escaped by `finalize`
        finalize=_plain,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "code": _code,
        "moment": lambda text: f"{text[:16].replace('T', ' ')} UTC",
        "basis": evidence_basis,
        "state": lambda state: STATES[State(state)].word,
        "next_words": lambda following: NEXT_WORDS.get(Next(following["next"]), ""),
        "site": lambda site: SITE_NAMES[Site(site)][0].lower() + SITE_NAMES[Site(site)][1:],
    }
    return environment
