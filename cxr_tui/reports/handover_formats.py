"""The handover as one HTML page and as Markdown: the same tables, each escaped by its template's environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from cxr_tui.domain.certainty import Basis
from cxr_tui.domain.finding import Status
from cxr_tui.domain.instruction import Site
from cxr_tui.journal.gate import Next, State
from cxr_tui.presentation.badges import STATES, STATUSES
from cxr_tui.presentation.instructions import SITE_NAMES
from cxr_tui.presentation.values import NEXT_WORDS, STATE_WORDS, basis_words

FEW = 3
_MARKDOWN_SIGNS = re.compile(r"([\\`*\[\]<>|~])")


class Code(str):
    """A value to be shown letter by letter."""


class Moment(str):
    """An ISO time."""


class Mark(str):
    """The status of a finding."""


Line: TypeAlias = Sequence[str]
"""Parts of a cell, side by side; a part is plain text unless it is of one of the classes above."""


@dataclass(frozen=True)
class Table:
    """A table under its heading; a row has one cell a column, and a cell is lines."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Sequence[Line], ...]]


def handover_html(document: dict[str, Any]) -> str:
    """Return the handover as one page that needs and fetches nothing else."""
    style = files("cxr_tui.reports.templates").joinpath("handover.css").read_text(encoding="utf-8")
    own = Markup(style)  # noqa: S704 - a file of the program
    return _render("handover.html.j2", _html_part, document, line_break=Markup("<br>"), style=own)


def handover_markdown(document: dict[str, Any]) -> str:
    """Return the handover as Markdown, for tickets: values as code, sentences without any sign of Markdown."""
    return _render("handover.md.j2", _markdown_part, document, line_break=Markup("; "))


def evidence_basis(evidence: dict[str, Any]) -> str:
    """Return how certain a finding is, where it asks for something or is a guess."""
    doubtful = evidence["status"] != Status.PASS or evidence["basis"] == Basis.INFERRED
    return basis_words(Basis(evidence["basis"]), evidence["source"]) if doubtful else ""


def tables(document: dict[str, Any]) -> list[Table]:
    """Return the tables of a handover, in order, those with rows only."""
    found = [
        Table(
            "Findings",
            ("Step", "Seen", "Fix"),
            [
                (_step(one), [[Mark(one["status"]), one["seen"]], [Code(one["code"])]], [[one["remedy"]]])
                for one in document["findings"]
            ],
        ),
        Table(
            "Confirmed, not verified",
            ("Step", "By", "When", "Evidence"),
            [
                (_step(one), [[one["by"]]], [[Moment(one["at"])]], [[_evidence_words(one)]])
                for one in document["confirmed_only"]
            ],
        ),
        Table(
            "Confirmed against findings",
            ("Step", "Overruled", "By", "When", "Why"),
            [
                (
                    _step(one),
                    [[each["seen"], Code(each["code"])] for each in one["findings"]],
                    [[one["by"]]],
                    [[Moment(one["at"])]],
                    [[one["sentence"]]],
                )
                for one in document["overruled"]
            ],
        ),
        Table(
            "Fingerprints",
            ("What", "Fingerprint"),
            [([[one["what"]]], [[Code(one["value"])]]) for one in document["fingerprints"]],
        ),
        Table(
            "Schedules",
            ("Job", "Runs", "Next run", "Expires"),
            [
                (
                    [[one["job"].capitalize()], [Code(one["name"])]],
                    [[one["runs"]]],
                    _next_run(one),
                    [[one["expires"] or ""]],
                )
                for one in document["schedules"]
            ],
        ),
        Table(
            "Secrets in the credential store",
            ("Item", "Set", "How"),
            [([[Code(one["item"])]], [[Moment(one["set"])]], [[one["source"]]]) for one in document["secrets"]],
        ),
        Table(
            "Rotations",
            ("Item", "Stages", "Login tries"),
            [
                (
                    [[Code(one["item"])], [one["stage"]]],
                    [[Moment(stage["at"]), stage["stage"]] for stage in one["stages"]],
                    [[Moment(login["at"]), login["result"]] for login in one["tries"]] or [["none"]],
                )
                for one in document["rotations"]
            ],
        ),
        Table(
            "Undocumented words of the products (without your values and names)",
            ("Where", "What", "Word", "First seen"),
            [
                ([[one["at"]]], [[one["kind"]]], [[Code(one["word"])]], [[Moment(one["seen"])]])
                for one in document["first_seen"]
            ],
        ),
        Table(
            "Unknown messages",
            ("Step", "Noted", "Text"),
            [(_step(one), [[Moment(one["at"])]], [[one["text"]]]) for one in document.get("notes", ())],
        ),
    ]
    return [table for table in found if table.rows]


def _step(one: dict[str, Any]) -> Sequence[Line]:
    return [[f"{one['number']}. {one['title']}"]]


def _next_run(job: dict[str, Any]) -> Sequence[Line]:
    if not job["next"]:
        return [["none"]]
    return [[f"{job['next']['local']} ({job['zone']})"], [f"{job['next']['utc']} (UTC)"]]


def _evidence_words(confirmed: dict[str, Any]) -> str:
    later = confirmed["evidence_at"]
    if later is None:
        return "cannot be verified"
    return f"{later} is done, but did not verify it" if confirmed["evidence_there"] else f"verified later, at {later}"


def _few(titles: Sequence[str]) -> str:
    """Return the first of some titles, and how many more there are."""
    more = len(titles) - FEW
    return ", ".join(titles) if more <= 1 else f"{', '.join(titles[:FEW])} and {more} more steps"


def _stages(document: dict[str, Any]) -> dict[str, list[str]]:
    """Return the states of each stage's steps."""
    found: dict[str, list[str]] = {}
    for step in document["steps"]:
        found.setdefault(step["stage"], []).append(step["state"])
    return found


def _html_part(part: str) -> Markup:
    match part:
        case Code():
            return Markup("<code>{}</code>").format(part) if part else Markup("")
        case Moment():
            return Markup('<time datetime="{}">{} UTC</time>').format(part, part[:16].replace("T", " "))
        case Mark():
            return Markup('<span class="{}">{} {}</span>').format(part, STATUSES[Status(part)].glyph, part)
        case _:
            return Markup.escape(part)


def _markdown_part(part: object) -> Markup:
    """Return a text of which no reader of Markdown makes anything else; `visible` has made it one line before."""
    match part:
        case Markup():
            return part
        case Code():
            inner = part.replace("`", "'").replace("|", "\\|")
            return Markup(f"`{inner}`" if inner.strip() else "")  # noqa: S704 - Markdown, whose signs are taken out above
        case _:
            return Markup(_MARKDOWN_SIGNS.sub(r"\\\1", str(part)))  # noqa: S704 - likewise


def _render(template: str, part: Callable[[str], Markup], document: dict[str, Any], **more: Markup) -> str:
    html = template.endswith(".html.j2")
    environment = Environment(
        loader=PackageLoader("cxr_tui.reports"),
        autoescape=html,  # noqa: S701 - Markdown is escaped by `finalize`
        finalize=None if html else _markdown_part,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "part": part,
        "cell": lambda lines: more["line_break"].join(Markup(" ").join(part(one) for one in line) for line in lines),
        "code": lambda text: part(Code(text)),
        "moment": lambda text: part(Moment(text)),
        "mark": lambda text: part(Mark(text)),
        "basis": evidence_basis,
        "few": _few,
        "state": lambda state: STATE_WORDS[State(state)],
        "glyph": lambda state: STATES[State(state)].glyph,
        "next_words": lambda following: NEXT_WORDS.get(Next(following["next"]), ""),
        "site": lambda site: SITE_NAMES[Site(site)][0].lower() + SITE_NAMES[Site(site)][1:],
    }
    return environment.get_template(template).render(
        document, tables=tables(document), stages=_stages(document), **more
    )
