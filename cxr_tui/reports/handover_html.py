"""The handover as one calm page: its style inside, no script, nothing fetched, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from cxr_tui.guide.definition import Guide
from cxr_tui.journal.gate import State
from cxr_tui.presentation.instructions import SITE_NAMES
from cxr_tui.presentation.values import STATE_WORDS
from cxr_tui.reports.handover_markdown import (
    FIRST_SEEN,
    OVERRULED,
    confirmed_words,
    evidence_basis,
    evidence_words,
    few,
    next_words,
)

_GLYPHS = {"pass": "✓", "fail": "✗", "warn": "!", "unknown": "?"}  # nosec B105  # words of findings, none is a password
_STATES = {
    state.value: f"{glyph} {STATE_WORDS[state]}"
    for state, glyph in {
        State.VERIFIED: "✓",
        State.CONFIRMED: "●",
        State.FAILED: "✗",
        State.WAITING: "…",
        State.STALE: "≈",
        State.DRAFT: "◊",
        State.READY: "○",
        State.LOCKED: "·",
    }.items()
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Even a text that came through unescaped could neither run nor fetch anything."""


def handover_html(guide: Guide, document: dict[str, Any]) -> str:
    """Return the report as one page that needs nothing else."""
    title = f"{document['integration']}: Oracle Responsys with Oracle CX Audience"
    style = files("cxr_tui.reports").joinpath("handover.css").read_text(encoding="utf-8")
    head = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_safe(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
    )
    return head + "\n".join(_body(guide, document, title)) + "\n</main>\n</body>\n</html>\n"


def _body(guide: Guide, document: dict[str, Any], title: str) -> Iterator[str]:
    where = "Sandbox" if document["sandbox"] else "Real products"
    summary = document["summary"]
    yield f"<h1>{_safe(title)}</h1>"
    yield f'<p class="quiet">{where}, as of {_time(document["at"])}</p>'
    yield (
        f'<p class="lead">{summary["done"]} of {summary["steps"]} steps done: {summary["verified"]} verified, '
        f"{confirmed_words(summary)}.</p>"
    )
    yield from _bars(guide, document)
    yield from _now(document)
    yield from _tables(document)
    yield "<h2>Every step</h2>"
    for step in document["steps"]:
        yield from _step(step)
    yield (
        f"<footer>Written by cxr-tui {_safe(document['version'])}. Secrets lie in: "
        f"{_safe(document['credential_store'])}; none of them stands here. Customers' own data is counted, not shown."
        "</footer>"
    )


def _bars(guide: Guide, document: dict[str, Any]) -> Iterator[str]:
    """Yield the five stages, one small bar a step."""
    states = {step["id"]: step["state"] for step in document["steps"]}
    stages = list(dict.fromkeys(step.part.stage for step in guide.steps))
    yield '<ul class="bars">'
    for stage in stages:
        ids = [step.id for step in guide.steps if step.part.stage is stage]
        held = sum(states[one] in ("verified", "confirmed") for one in ids)
        bars = "".join(f'<span class="{_safe(states[one])}"></span>' for one in ids)
        yield f'<li><div class="bar" aria-hidden="true">{bars}</div>{_safe(stage.value)}, {held} of {len(ids)}</li>'
    yield "</ul>"


def _now(document: dict[str, Any]) -> Iterator[str]:
    following = document["next"]
    if following:
        sites = ", ".join(name[0].lower() + name[1:] for site, name in SITE_NAMES.items() if site in following["where"])
        to_do = next_words(following)
        yield (
            f"<p>The work goes on at step {following['number']}, {_safe(following['title'])}"
            f"{f' ({_safe(sites)})' if sites else ''}{f': {to_do}' if to_do else ''}.</p>"
        )
    for one in document["waits"]:
        since = f" since {_time(one['since'])}, for {one['days']} days" if one["since"] else ""
        held = f"<br>Held up meanwhile: {_safe(few(one['held_up']))}." if one["held_up"] else ""
        who = f"Step {one['number']}, {_safe(one['title'])}, waits for <strong>{_safe(one['on'])}</strong>"
        yield f'<p class="note">{who}{since}. Usual: {_safe(one["usual"])}.{held}</p>'


def _tables(document: dict[str, Any]) -> Iterator[str]:
    yield from _table(
        "Findings",
        ("Step", "Seen", "What to do"),
        [
            (
                f"{one['number']}. {_safe(one['title'])}",
                f"{_mark(one['status'])} {_safe(one['seen'])}<br>{_code(one['code'])}",
                _safe(one["remedy"]),
            )
            for one in document["findings"]
        ],
    )
    yield from _table(
        "Only confirmed",
        ("Step", "By", "When", "Evidence"),
        [
            (
                f"{one['number']}. {_safe(one['title'])}",
                _safe(one["by"]),
                _time(one["at"]),
                _safe(evidence_words(one)),
            )
            for one in document["confirmed_only"]
        ],
    )
    yield from _table(
        OVERRULED,
        ("Step", "Overruled", "By", "When", "Why"),
        [
            (
                f"{one['number']}. {_safe(one['title'])}",
                "<br>".join(f"{_safe(each['seen'])} {_code(each['code'])}" for each in one["findings"]),
                _safe(one["by"]),
                _time(one["at"]),
                _safe(one["sentence"]),
            )
            for one in document["overruled"]
        ],
    )
    yield from _table(
        "Fingerprints",
        ("What", "Fingerprint"),
        [(_safe(one["what"]), _code(one["value"])) for one in document["fingerprints"]],
    )
    yield from _table(
        "Schedules",
        ("Job", "Runs", "Next run", "Expires"),
        [
            (
                f"{_safe(one['job'].capitalize())}<br>{_code(one['name'])}",
                _safe(one["runs"]),
                f"{_safe(one['next']['local'])} ({_safe(one['zone'])})<br>{_safe(one['next']['utc'])} (UTC)"
                if one["next"]
                else "none is left",
                _safe(one["expires"] or ""),
            )
            for one in document["schedules"]
        ],
    )
    yield from _table(
        "Secrets in the credential store",
        ("Item", "Set", "How"),
        [(_code(one["item"]), _time(one["set"]), _safe(one["source"])) for one in document["secrets"]],
    )
    yield from _table(
        "Rotations",
        ("Item", "Stages", "Login tries"),
        [
            (
                f"{_code(one['item'])}<br>{_safe(one['stage'])}",
                "<br>".join(f"{_time(stage['at'])} {_safe(stage['stage'])}" for stage in one["stages"]),
                "<br>".join(f"{_time(login['at'])} {_safe(login['result'])}" for login in one["tries"]) or "none",
            )
            for one in document["rotations"]
        ],
    )
    yield from _table(
        FIRST_SEEN,
        ("Where", "What", "Word", "First seen"),
        [
            (_safe(one["at"]), _safe(one["kind"]), _code(one["word"]), _time(one["seen"]))
            for one in document["first_seen"]
        ],
    )
    yield from _table(
        "Messages that are not known",
        ("Step", "Noted", "Text"),
        [
            (_safe(f"{one['number']}. {one['title']}"), _time(one["at"]), _safe(one["text"]))
            for one in document.get("notes", ())
        ],
    )


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table under its heading; `rows` are HTML already, `title` and `heads` are our own words."""
    if not rows:
        return
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    yield f"<h2>{title}</h2>\n<table>\n<thead><tr>{columns}</tr></thead>"
    yield "<tbody>"
    yield from (f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    yield "</tbody>\n</table>"


def _step(step: dict[str, Any]) -> Iterator[str]:
    state = step["state"]
    yield '<section class="step">'
    yield (
        f'<header><span class="number">{step["number"]}</span><h3>{_safe(step["title"])}</h3>'
        f'<span class="state {_safe(state)}">{_safe(_STATES.get(state, state))}</span></header>'
    )
    yield f'<p class="quiet">{_safe(step["reason"])}</p>'
    if step["values"]:
        yield "<table><tbody>"
        for label, value in step["values"].items():
            whence = _safe(step["sources"][label])
            yield f'<tr><td>{_safe(label)}</td><td class="value">{_safe(value)}</td><td>{whence}</td></tr>'
        yield "</tbody></table>"
    if step["evidence"]:
        yield '<ul class="evidence">'
        for one in step["evidence"]:
            basis = f' <span class="quiet">{_safe(evidence_basis(one))}</span>' if evidence_basis(one) else ""
            yield f"<li>{_mark(one['status'])} {_safe(one['seen'])} {_code(one['code'])}{basis}</li>"
        yield "</ul>"
    yield "</section>"


def _mark(status: str) -> str:
    return f'<span class="{_safe(status)}">{_GLYPHS.get(status, "·")} {_safe(status)}</span>'


def _time(moment: str) -> str:
    """Return an ISO time as people read it; the whole one stays in the attribute."""
    return f'<time datetime="{_safe(moment)}">{_safe(moment[:16].replace("T", " "))} UTC</time>'


def _code(text: str) -> str:
    return f"<code>{_safe(text)}</code>" if text else ""


def _safe(text: object) -> str:
    return escape(str(text), quote=True)
