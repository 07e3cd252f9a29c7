"""Messages as people have them: the lists of known ones and near misses, and what happens to a text on its way."""

from __future__ import annotations

import html
import json
import quopri
import textwrap
from collections.abc import Callable, Mapping

from support.paths import DATA


def known() -> list[tuple[str, str]]:
    """Return name and text of every message that has to be recognised."""
    entries = [
        entry for entry in (DATA / "messages_known.txt").read_text("utf-8").split("\n\n") if entry.startswith("= ")
    ]
    return [(head[2:], text) for head, _, text in (entry.strip("\n").partition("\n") for entry in entries)]


def near_misses() -> list[str]:
    """Return texts that resemble a message but are not known."""
    lines = (DATA / "messages_near.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _hard_wrapped(text: str) -> str:
    return "\n".join(line[at : at + 23] for line in text.splitlines() for at in range(0, len(line), 23))


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 30, break_long_words=False, break_on_hyphens=False))


def _logged(text: str) -> str:
    return "\n".join(f"2026-11-28 04:07:11,214 ERROR {line}" for line in _wrapped(text).splitlines())


def _mailed(text: str) -> str:
    body = (
        f"Hello Anna,\n\nthis is what I see since the weekend =E2=80=93 can you help?\n\n{text}\n\nBest regards\nBert\n"
    )
    packed = quopri.encodestring(body.encode()).decode("ascii")
    return f"From: bert@example.com\nSubject: It fails\nContent-Transfer-Encoding: quoted-printable\n\n{packed}"


def _syslogged(text: str) -> str:
    return "\n".join(f"Nov 28 04:07:11 job7 transfer[812]: {line}" for line in text.splitlines())


def _boxed(text: str) -> str:
    return "\n".join(f"│ {line:<40} │" for line in _wrapped(text).splitlines())


def _typographic(text: str) -> str:
    return text.replace("'", "’").replace(" ", "\u00a0")


WAYS: Mapping[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "wrapped": _wrapped,
    "wrapped in words": _hard_wrapped,
    "quoted": lambda text: "".join(f"> > {line}\n" for line in _wrapped(text).splitlines()),
    "logged": _logged,
    "in a system log": _syslogged,
    "in a mail": _mailed,
    "in HTML": lambda text: f"<p>The page says: <b>{html.escape(text)}</b><br>What now?</p>",
    "in JSON": lambda text: json.dumps({"level": "error", "message": f"step 6\n{text}"}),
    "in JSON in JSON": lambda text: json.dumps({"log": json.dumps({"message": text})}),
    "in a box": _boxed,
    "coloured": lambda text: f"\x1b[1;31m{text}\x1b[0m",
    "typographic": _typographic,
    "among others": lambda text: f"Starting\nReading settings\n{text}\nStopping\n",
    "with line ends of Windows": lambda text: _wrapped(text).replace("\n", "\r\n"),
}
"""What happens to a text before it is pasted."""
