"""What an import is told: how the file is written, and where its columns go."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field

from cxr_tui.domain.responsys_data import DELIMITERS, Column
from cxr_tui.domain.text import visible

UTF_16 = "utf-16"
_CHARSETS = {
    "unicode (utf-8)": "utf-8",
    "unicode (utf-16)": UTF_16,
    "western european (iso-8859-1)": "iso-8859-1",
    "western european (windows-1252)": "cp1252",
    "central european (iso-8859-2)": "iso-8859-2",
}
_READABLE = ("utf-8", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1252", "utf-16")
"""Python's names of the character sets that are read; all but the last write ASCII as ASCII."""


class ImportOptionsError(ValueError):
    """Something about the file's form or the mapping cannot be used; says what can."""


@dataclass(frozen=True)
class FileForm:
    """How a file is written. Raises PlanError for what cannot be read."""

    delimiter: str = ","
    enclosure: str = ""
    """`"`, or empty for None."""
    charset: str = "utf-8"
    """Python's name of it."""
    header: bool = True

    def __post_init__(self) -> None:
        """Refuse a form in which records could not be told apart."""
        sign = self.delimiter
        if len(sign) != 1 or not (" " < sign < "\x7f" or sign == "\t") or sign.isalnum() or sign in '"\\':
            raise ImportOptionsError(f"{sign!r} cannot delimit fields; use {', '.join(DELIMITERS)} or one sign")
        if self.enclosure not in ("", '"'):
            raise ImportOptionsError(f'{self.enclosure!r} cannot enclose fields; use None or "')
        if self.charset not in _READABLE:
            raise ImportOptionsError(f"{self.charset!r} is no character set that can be read here")


def delimiter_of(text: str) -> str:
    """Return the delimiter that a screen's word or a sign stands for."""
    words = {name.lower(): sign for name, sign in DELIMITERS.items()} | {"\\t": "\t"}
    return words.get(text.lower(), text)


def delimiter_name(sign: str) -> str:
    """Return the screen's word for a delimiter, or the sign itself."""
    return next((name for name, one in DELIMITERS.items() if one == sign), visible(sign))


def enclosure_of(text: str) -> str:
    """Return the enclosure that a screen's word stands for; `None` and nothing are the same."""
    return "" if text.lower() in ("none", "") else text


def charset_of(text: str) -> str:
    """Return Python's name of a character set named as on the screens or in any usual way; PlanError."""
    wanted = _CHARSETS.get(text.strip().lower(), text.strip())
    try:
        name = codecs.lookup(wanted).name
    except (LookupError, ValueError):
        raise ImportOptionsError(f"{text!r} is no character set that is known here") from None
    if name in ("utf-8-sig", "utf-16-le", "utf-16-be"):
        name = name.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    if name not in _READABLE:
        raise ImportOptionsError(f"{text!r} is no character set that can be read here; {', '.join(_READABLE)} can")
    return name


@dataclass(frozen=True)
class Target:
    """Where the records go: what is known of the list, and the mapping."""

    match_column: str = ""
    """Column of the list; empty: the first of the five that the file has."""
    mapping: Mapping[str, str] | None = None
    """Incoming column to list column, in the order of the page; None: every column to the one of its name."""
    columns: tuple[Column, ...] = ()
    """The list's columns; empty: not known, so types of custom columns are not judged."""
    list_name: str = ""
    members: int | None = None
    """How many records the exported list has; None: not known."""
    date_format: str = ""
    """For uploads in CX Audience, as its list of formats spells it; empty: not known."""


@dataclass(frozen=True)
class ImportOptions:
    """Form and target together."""

    form: FileForm = field(default_factory=FileForm)
    target: Target = field(default_factory=Target)
