"""The options of `preflight` as import options, with the files of columns and mapping."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

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
        target = replace(target, mapping=_mapping(args.mapping))
    if args.match is not None:
        target = replace(target, match_column=args.match)
    if args.members is not None:
        target = replace(target, members=args.members)
    return ImportOptions(form, target)


def _with_columns(target: Target, path: str) -> Target:
    """Read a list as `GET /lists/{list}/fields` returns it, or the bare array of its fields (facts A.7; documented)."""
    read = _json(_read(path), path)
    fields = read.get("fields") if isinstance(read, Mapping) else read
    if not isinstance(fields, Sequence) or isinstance(fields, str):
        raise ImportOptionsError(
            f'{visible(path)} is not a list of columns such as {{"fields": [{{"fieldName", "fieldType"}}]}}'
        )
    columns = tuple(_column(one, path) for one in fields)
    name = read.get("name") if isinstance(read, Mapping) else None
    return replace(target, columns=columns, list_name=name if isinstance(name, str) else target.list_name)


def _column(field: object, path: str) -> Column:
    if isinstance(field, Mapping):
        name, kind = field.get("fieldName"), field.get("fieldType")
        if isinstance(name, str) and isinstance(kind, str):
            return Column(name, kind)
    raise ImportOptionsError(f'{visible(path)}: a column without "fieldName" and "fieldType"')


def _mapping(text: str) -> dict[str, str]:
    """Read a mapping given as JSON or as a JSON file."""
    read = _json(text if text.lstrip().startswith("{") else _read(text), text)
    if not isinstance(read, dict) or not all(isinstance(part, str) for pair in read.items() for part in pair):
        raise ImportOptionsError(f'{visible(text, 80)} is not a mapping such as {{"INCOMING": "LIST_COLUMN"}}')
    return read


def _read(path: str) -> str:
    try:
        with open_named(path) as file:
            return file.read(_MOST_BYTES).decode()
    except OSError as error:
        raise ImportOptionsError(f"{visible(path)}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ImportOptionsError(f"{visible(path)} is not UTF-8 text") from None


def _json(text: str, name: str) -> Any:  # noqa: ANN401 - any JSON; the caller checks it
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ImportOptionsError(f"{visible(name, 80)} is not JSON") from None
