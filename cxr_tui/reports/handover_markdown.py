"""The handover as Markdown, for tickets: values as code, sentences with every sign of Markdown taken out of force."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from cxr_tui.domain.basis import Basis
from cxr_tui.domain.finding import Status
from cxr_tui.journal.gate import Next, State
from cxr_tui.presentation.values import NEXT_WORDS, STATE_WORDS, basis_words

FEW = 3
OVERRULED = "Confirmed against findings"
FIRST_SEEN = "Words of the products that no document mentions (no values, no names of yours)"
_SIGNS = re.compile(r"([\\`*\[\]<>|~])")


def handover_markdown(document: dict[str, Any]) -> str:
    """Return the report as Markdown, headings and tables first."""
    return "\n".join(_lines(document))


def _lines(document: dict[str, Any]) -> Iterator[str]:
    summary = document["summary"]
    yield f"# Integration {_plain(document['integration'])}: Oracle Responsys with Oracle CX Audience"
    yield ""
    where = "Sandbox" if document["sandbox"] else "Real products"
    yield (
        f"{where}; as of {document['at']}; cxr-tui {document['version']}; secrets lie in: "
        f"{_plain(document['credential_store'])}."
    )
    yield ""
    yield (
        f"**{summary['done']} of {summary['steps']} steps done**: {summary['verified']} verified, "
        f"{confirmed_words(summary)}."
    )
    yield from _now(document)
    yield from _tables(document)
    for step in document["steps"]:
        yield from _step(step)


def _now(document: dict[str, Any]) -> Iterator[str]:
    following = document["next"]
    if following:
        yield ""
        to_do = next_words(following)
        yield f"The work goes on at step {following['number']}, {_plain(following['title'])}{to_do and f': {to_do}'}."
    for one in document["waits"]:
        since = f" since {one['since']} ({one['days']} days)" if one["since"] else ""
        held = f" Held up meanwhile: {_plain(few(one['held_up']))}." if one["held_up"] else ""
        whom = f"waits for {_plain(one['on'])}{since}; usual: {_plain(one['usual'])}."
        yield ""
        yield f"Step {one['number']}, {_plain(one['title'])}, {whom}{held}"


def _tables(document: dict[str, Any]) -> Iterator[str]:
    yield from _table(
        "Only confirmed",
        ("step", "by", "when", "evidence"),
        [
            (
                f"{one['number']}. {_plain(one['title'])}",
                _plain(one["by"]),
                one["at"],
                _plain(evidence_words(one)),
            )
            for one in document["confirmed_only"]
        ],
    )
    yield from _table(
        OVERRULED,
        ("step", "overruled", "by", "when", "why"),
        [
            (
                f"{one['number']}. {_plain(one['title'])}",
                "; ".join(f"{_code(each['code'])}: {_plain(each['seen'])}" for each in one["findings"]),
                _plain(one["by"]),
                one["at"],
                _plain(one["sentence"]),
            )
            for one in document["overruled"]
        ],
    )
    yield from _table(
        "Fingerprints",
        ("what", "fingerprint"),
        [(_plain(one["what"]), _code(one["value"])) for one in document["fingerprints"]],
    )
    yield from _table(
        "Schedules",
        ("job", "runs", "next, account's time zone", "next, UTC", "expires"),
        [
            (
                f"{one['job']}: {_code(one['name'])}",
                _plain(f"{one['runs']} ({one['zone']})"),
                one["next"]["local"] if one["next"] else "none is left",
                one["next"]["utc"] if one["next"] else "none is left",
                one["expires"] or "",
            )
            for one in document["schedules"]
        ],
    )
    yield from _table(
        "Secrets in the credential store",
        ("item", "set", "how"),
        [(_code(one["item"]), one["set"], _plain(one["source"])) for one in document["secrets"]],
    )
    yield from _table(
        "Rotations",
        ("item", "begun", "now", "stages", "login tries"),
        [
            (
                _code(one["item"]),
                one["begun"],
                one["stage"],
                "; ".join(f"{stage['stage']} {stage['at']}" for stage in one["stages"]),
                "; ".join(f"{one_try['result']} {one_try['at']}" for one_try in one["tries"]) or "none",
            )
            for one in document["rotations"]
        ],
    )
    yield from _table(
        "Findings",
        ("step", "finding", "seen", "what to do"),
        [
            (
                f"{one['number']}. {_plain(one['title'])}",
                f"{one['status']} {_code(one['code'])}",
                _plain(one["seen"]),
                _plain(one["remedy"]),
            )
            for one in document["findings"]
        ],
    )
    yield from _table(
        FIRST_SEEN,
        ("where", "what", "word", "first seen"),
        [(_plain(one["at"]), one["kind"], _code(one["word"]), one["seen"]) for one in document["first_seen"]],
    )
    yield from _table(
        "Messages that are not known",
        ("step", "noted", "text"),
        [
            (f"{one['number']}. {_plain(one['title'])}", one["at"], _plain(one["text"]))
            for one in document.get("notes", ())
        ],
    )


def few(titles: Sequence[str]) -> str:
    """Return the first of some titles, and how many more there are."""
    more = len(titles) - FEW
    return ", ".join(titles) if more <= 1 else f"{', '.join(titles[:FEW])} and {more} more steps"


def confirmed_words(summary: dict[str, Any]) -> str:
    """Return how many steps are confirmed, and how many of them against findings."""
    overruled = summary["overruled"]
    return f"{summary['confirmed']} confirmed{f', {overruled} of them against findings' if overruled else ''}"


def next_words(following: dict[str, Any]) -> str:
    """Say what to do next at a step; nothing where the report does not know."""
    return NEXT_WORDS.get(Next(following["next"]), "")


def evidence_words(confirmed: dict[str, Any]) -> str:
    """Say at which step evidence of a confirmed step is seen."""
    later = confirmed["evidence_at"]
    if later is None:
        return "a check finds none"
    return f"{later} is done, but has not verified it" if confirmed["evidence_there"] else f"follows at {later}"


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield from ("", f"## {title}", "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}")
        yield from (f"| {' | '.join(row)} |" for row in rows)


def _step(step: dict[str, Any]) -> Iterator[str]:
    yield from (
        "",
        f"## {step['number']}. {_plain(step['title'])}: {STATE_WORDS[State(step['state'])]}",
        "",
        _plain(step["reason"]),
    )
    if step["values"]:
        yield from ("", "| field | value | from |", "|---|---|---|")
        for label, value in step["values"].items():
            yield f"| {_plain(label)} | {_code(value)} | {_plain(step['sources'][label])} |"
    if step["evidence"]:
        yield ""
    for one in step["evidence"]:
        basis = evidence_basis(one)
        yield f"- {one['status']} {_code(one['code'])}: {_plain(one['seen'])}{f' ({_plain(basis)})' if basis else ''}"


def evidence_basis(one: dict[str, Any]) -> str:
    """Return how certain a finding is, where it asks for something or is a guess."""
    doubtful = one["status"] != Status.PASS or one["basis"] == Basis.INFERRED
    return basis_words(Basis(one["basis"]), one["source"]) if doubtful else ""


def _plain(text: str) -> str:
    """Return a sentence that no reader of Markdown takes for anything else; `visible` has made it one line before."""
    return _SIGNS.sub(r"\\\1", text)


def _code(text: str) -> str:
    """Return a value as code, in which nothing but the bar of a table has a meaning."""
    inner = text.replace("`", "'").replace("|", "\\|")
    return f"`{inner}`" if inner.strip() else ""
