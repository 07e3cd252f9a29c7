"""The options of an import: the format of its file, and where the columns go."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field

from cxr_tui.domain.errors import InputError
from cxr_tui.domain.responsys_data import DELIMITERS, Column
from cxr_tui.domain.text import visible

UTF_16 = "utf-16"
_READABLE = ("utf-8", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1252", "utf-16")
"""Python's names of the supported character sets; all but the last are supersets of ASCII."""


class ImportOptionsError(InputError, ValueError):
    """The format of the file or the mapping cannot be used; the text says what can."""


@dataclass(frozen=True)
class FileForm:
    """The format of a delimited text. Raises ImportOptionsError for one that cannot be read."""

    delimiter: str = ","
    enclosure: str = ""
    """`"`, or empty for None."""
    charset: str = "utf-8"
    """Python's name of the character set."""
    header: bool = True

    def __post_init__(self) -> None:
        """Refuse a format in which fields or records could not be separated."""
        sign = self.delimiter
        if len(sign) != 1 or not (" " < sign < "\x7f" or sign == "\t") or sign.isalnum() or sign in '"\\':
            raise ImportOptionsError(f"{sign!r} cannot delimit fields; use {', '.join(DELIMITERS)} or one symbol")
        if self.enclosure not in ("", '"'):
            raise ImportOptionsError(f'{self.enclosure!r} cannot enclose fields; use None or "')
        if self.charset not in _READABLE:
            raise ImportOptionsError(f"{self.charset!r} is not a supported character set")


def delimiter_of(text: str) -> str:
    """Return the delimiter for its name on the screens, or for the sign itself."""
    words = {name.lower(): sign for name, sign in DELIMITERS.items()} | {"\\t": "\t"}
    return words.get(text.lower(), text)


def delimiter_name(sign: str) -> str:
    """Return the name of a delimiter on the screens, or the sign itself."""
    return next((name for name, one in DELIMITERS.items() if one == sign), visible(sign))


def enclosure_of(text: str) -> str:
    """Return the enclosure for its name on the screens; `None` and an empty text mean no enclosure."""
    return "" if text.lower() in ("none", "") else text


def charset_of(text: str) -> str:
    """Return Python's name of a character set for its name on the screens or any usual one; ImportOptionsError.

    The screens have the usual name in parentheses, such as Unicode (UTF-8).
    """
    try:
        name = codecs.lookup(text.strip().removesuffix(")").rpartition("(")[2]).name
    except (LookupError, ValueError):
        raise ImportOptionsError(f"{text!r} is not a known character set") from None
    name = name.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    if name not in _READABLE:
        raise ImportOptionsError(f"{text!r} is not a supported character set; use one of {', '.join(_READABLE)}")
    return name


@dataclass(frozen=True)
class Target:
    """The target of an import: the list as far as it is known, and the mapping."""

    match_column: str = ""
    """Column of the list; empty: the first of the five documented ones that the file has."""
    mapping: Mapping[str, str] | None = None
    """Incoming column to list column, in the order of the page; None: columns of the same name."""
    columns: tuple[Column, ...] = ()
    """The columns of the list; empty: not known, so the types of custom columns are not checked."""
    list_name: str = ""
    members: int | None = None
    """Number of records in the exported list; None: not known."""
    date_format: str = ""
    """The date format for uploads in CX Audience, by its name there; empty: not known."""


@dataclass(frozen=True)
class ImportOptions:
    """How an import reads its file, and where the records go."""

    form: FileForm = field(default_factory=FileForm)
    target: Target = field(default_factory=Target)
    unseen: tuple[str, ...] = ()
    """Why some of them are not known, in one sentence each."""
