"""`preflight`: checks a file the way the import would."""

from __future__ import annotations

import asyncio
import getpass
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import msgspec

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.open_integration import integration_exists, open_integration
from cxr_tui.cli.output import print_data, print_diagnostic, print_result
from cxr_tui.domain.answers import Known
from cxr_tui.domain.errors import InputError
from cxr_tui.domain.finding import Status
from cxr_tui.domain.responsys_data import Column
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import visible
from cxr_tui.guide.forms.validators import email_address
from cxr_tui.preflight.import_options import (
    FileForm,
    ImportOptions,
    ImportOptionsError,
    Target,
    charset_of,
    delimiter_of,
    enclosure_of,
)
from cxr_tui.preflight.reading.decrypt import SecretKey
from cxr_tui.preflight.rehearsal_key.key_pair import key_name
from cxr_tui.preflight.runner import Progress
from cxr_tui.preflight.runner import preflight as read_file
from cxr_tui.preflight.service import PreflightService
from cxr_tui.presentation.findings import finding_lines
from cxr_tui.presentation.instructions import instruction_lines
from cxr_tui.presentation.preflight import progress_line, result_text
from cxr_tui.security.private_files import expanded, open_named
from cxr_tui.security.stdio import write_error

MAKE, REMOVE = "make", "remove"
_MOST_BYTES = 4 * 1024 * 1024


class _Field(msgspec.Struct, rename="camel"):
    field_name: str
    field_type: str


class _List(msgspec.Struct):
    fields: list[_Field]
    name: str = ""


async def preflight(args: Namespace) -> Exit:
    """Read a file the way its import will, or manage the rehearsal key pair; needs no integration."""
    async with _opened(args) as service:
        if args.rehearsal is not None:
            return await _rehearsal(args, service)
        if args.file is None:
            raise InputError("Name a file, or sftp:PATH on the file server.")
        return await _preflight(args, service)


@asynccontextmanager
async def _opened(args: Namespace) -> AsyncIterator[PreflightService | None]:
    """Yield the service of the integration that the options name, or None if there is no such integration."""
    if args.at or args.rehearsal == MAKE or integration_exists(args):
        async with open_integration(args) as integration:
            yield PreflightService(integration)
    else:
        yield None


async def _preflight(args: Namespace, service: PreflightService | None) -> Exit:
    def report(progress: Progress) -> None:
        _show(progress_line(progress))

    key = None
    if args.key is not None:
        key = SecretKey(expanded(args.key), await asyncio.to_thread(_passphrase) if args.passphrase_stdin else None)
    try:
        if service is None:
            answer = await read_file(args.file, with_options(ImportOptions(), args), None, report, key)
        else:
            expected = await service.expected()
            for words in expected.unseen if args.columns is None else ():
                print_diagnostic(words)
            answer = await service.read(args.file, with_options(expected, args), report, key)
    finally:
        _show("")
    print_result(args, {"file": visible(args.file, 300), **answer.document()}, result_text(answer))
    return Exit.OK if answer.ok else Exit.PROBLEM


async def _rehearsal(args: Namespace, service: PreflightService | None) -> Exit:
    if args.rehearsal == MAKE:
        assert service is not None  # nosec B101  # noqa: S101 - making opens the integration
        email = args.email or service.proposed_email()
        if not email:
            raise InputError("Name an email address for the key with --email.")
        wrong = email_address(email, Known({}))
        if wrong is not None:
            raise InputError(wrong)
        await service.make_pair(email)
        todo = service.todo()
        print_data("\n".join([f"{todo.title}.", *todo.lines, *instruction_lines(todo.visits, {})]))
        return Exit.OK
    if service is None or service.rehearsing().pair is None:
        raise InputError("This integration has no rehearsal key pair; make one with --rehearsal make.")
    if args.rehearsal == REMOVE:
        pair = await service.remove_pair()
        name = key_name(pair) if pair is not None else ""
        print_data(
            f"The rehearsal key pair is removed here. If possible, also delete its public key in Responsys: {name}."
        )
        return Exit.OK
    finding = await service.prove(args.file or "")
    ok = finding.status is Status.PASS
    print_result(args, {"findings": [finding.document()], "ok": ok}, "\n".join(finding_lines([finding])))
    return Exit.OK if ok else Exit.PROBLEM


def _passphrase() -> Secret:
    """Read one line of standard input; a terminal does not echo it."""
    if sys.stdin.isatty():
        return Secret(getpass.getpass("Passphrase of the private key: ", sys.stderr))
    return Secret(sys.stdin.readline().rstrip("\r\n"))


def _show(line: str) -> None:
    """Show a line of progress in place of the one before, if standard error is a terminal."""
    if sys.stderr.isatty():
        write_error(f"\r{line}\x1b[K")


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
