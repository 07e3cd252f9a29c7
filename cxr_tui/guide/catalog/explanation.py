"""What errors and messages of outside systems mean, as `causes.toml` and `messages.toml` have it.

The files are read when an error or a message is explained for the first time, so start-up does not wait for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cxr_tui.domain.certainty import Basis, Ground, ground_of, inferred
from cxr_tui.domain.finding import Finding, Status
from cxr_tui.guide.forms.login_hosts import all_login_hosts
from cxr_tui.guide.screens import USER_MANAGEMENT


class Cause(NamedTuple):
    """A finding without what was seen."""

    code: str
    status: Status
    why: str
    remedy: str
    at: str = ""
    """Id of the earlier step at which it is fixed, where there is one."""
    ground: Ground | None = None
    """How certain it is, where that is not what the table has for its code."""

    def finding(self, seen: str, why: str = "", *, at: str = "", within: str = "") -> Finding:
        """Return the finding of this cause; a `why` replaces its own."""
        ground = self.ground or ground_of(self.code)
        return Finding(self.code, self.status, seen, why or self.why, self.remedy, at=at, within=within, ground=ground)


class Message(NamedTuple):
    """A message that is documented or observed, in all its wordings with the same meaning."""

    origin: str
    """The system that writes it."""
    phrases: tuple[str, ...]
    """Any of these is enough. `*` stands for a name or a number; a phrase in capitals matches in capitals only."""
    cause: Cause
    basis: Basis
    facts: str
    """The section of the facts that has the message and its source."""


@cache
def causes() -> Mapping[str, Cause]:
    """Return the causes of errors by their section of the file, such as `reach.dns`."""
    groups = _read("causes.toml")
    words = groups.pop("words")
    return {
        f"{group}.{name}": _cause(entry, words, name)
        for group, entries in groups.items()
        for name, entry in entries.items()
    }


@cache
def messages() -> tuple[Message, ...]:
    """Return every message that is documented or observed; what is not among them is not known."""
    return tuple(
        Message(
            origin["name"],
            tuple(entry["phrases"]),
            causes()[entry["cause"]] if "cause" in entry else _cause(entry, {}),
            Basis(entry.get("basis", origin["basis"])),
            entry.get("facts", origin["facts"]),
        )
        for origin in _read("messages.toml")["origin"]
        for entry in origin["message"]
    )


def _read(name: str) -> dict[str, Any]:
    import tomllib  # loaded only where it is needed: start-up stays light

    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


def _cause(entry: Mapping[str, str], words: Mapping[str, str], name: str = "") -> Cause:
    """Return the cause of an entry; that of a quoted message only explains, so it has no status."""
    places = {**words, "USER_MANAGEMENT": USER_MANAGEMENT, "login_hosts": all_login_hosts()}
    why, remedy = (" ".join(entry[part].format_map(places).split()) for part in ("why", "remedy"))
    ground = inferred(entry["inferred_from"]) if "inferred_from" in entry else None
    return Cause(
        entry.get("code", name), Status(entry.get("status", "unknown")), why, remedy, entry.get("at", ""), ground
    )
