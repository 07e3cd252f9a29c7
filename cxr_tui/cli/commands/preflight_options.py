"""The options of `preflight` as import options, with the files of columns and mapping."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import Any

import msgspec

from cxr_tui.domain.responsys_data import Column
from cxr_tui.domain.text import visible
from cxr_tui.preflight.import_options import (
    FileForm,
    ImportOptions,
    ImportOptionsError,
    Target,
    charset_of,
    delimiter_of,
    enclosure_of,
)
from cxr_tui.security.private_files import open_named

_MOST_BYTES = 4 * 1024 * 1024


class _Field(msgspec.Struct, rename="camel"):
    field_name: str
    field_type: str


class _List(msgspec.Struct):
    fields: list[_Field]
    name: str = ""


def with_options(plan: ImportOptions, args: Namespace) -> ImportOptions:
    """Return the import options, overridden by the command line; raises ImportOptionsError."""
    form, target = plan.form, plan.target
    form = FileForm(
        delimiter_of(args.delimiter) if args.delimiter is not None else form.delimiter,
        enclosure_of(args.enclosure) if args.enclosure is not None else form.enclosure,
        charset_of(args.charset) if args.charset is not None else form.charset,
        form.header and not args.no_header,
    )
    if args.columns is not None:
        target = _with_columns(target, args.columns)
    if args.mapping is not None:
        text = args.mapping if args.mapping.lstrip().startswith("{") else _read(args.mapping)
        shape = 'a mapping such as {"INCOMING": "LIST_COLUMN"}'
        target = replace(target, mapping=_decoded(text, args.mapping, dict[str, str], shape))
    if args.match is not None:
        target = replace(target, match_column=args.match)
    if args.members is not None:
        target = replace(target, members=args.members)
    return ImportOptions(form, target)


def _with_columns(target: Target, path: str) -> Target:
    """Read a list as `GET /lists/{list}/fields` returns it, or the bare array of its fields (facts A.7; documented)."""
    shape = 'a list of columns such as {"fields": [{"fieldName", "fieldType"}]}'
    read = _decoded(_read(path), path, _List | list[_Field], shape)
    named = read if isinstance(read, _List) else _List(read)
    columns = tuple(Column(one.field_name, one.field_type) for one in named.fields)
    return replace(target, columns=columns, list_name=named.name or target.list_name)


def _decoded(text: str | bytes, name: str, kind: Any, shape: str) -> Any:  # noqa: ANN401 - msgspec returns the kind
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError:
        raise ImportOptionsError(f"{visible(name, 80)} is not {shape}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ImportOptionsError(f"{visible(name, 80)} is not JSON") from None


def _read(path: str) -> bytes:
    try:
        with open_named(path) as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise ImportOptionsError(f"{visible(path)}: {error.strerror or error}") from None
