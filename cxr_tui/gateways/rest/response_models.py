"""Decodes answers of Responsys and CX Audience by their documented shapes (facts A.7, A.9, C.1).

A reader takes the text of an answer. Optional members may be missing, null or, if read as `Any`, of another type.
Numbers and truth values may also come as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec

from cxr_tui.domain.answers import whole_number
from cxr_tui.domain.errors import Flaw, ForeignEndpointError, MalformedError, RefusedError
from cxr_tui.domain.responsys_data import (
    Column,
    ConnectJob,
    ConnectRun,
    Filter,
    ListSchema,
    LogLine,
    RunStatus,
    UserInfo,
    column_key,
)
from cxr_tui.domain.secret import Secret
from cxr_tui.domain.text import counted, visible
from cxr_tui.gateways.rest.server_clock import plausible
from cxr_tui.gateways.rest.url_policy import HTTPS_PORT, LOOPBACK, provider, split

Row = TypeVar("Row")
Decoded = TypeVar("Decoded")
Scalar = str | int | float | bool | None

_MILLISECONDS_SINCE = 100_000_000_000
"""Epoch numbers above this are milliseconds (in seconds it would be the year 5138)."""


def decode(body: bytes, read: Callable[[str], Decoded], where: str) -> Decoded:
    """Return the result of `read` for a body; MalformedError names the problem after `where`."""
    try:
        return read(body.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        words, flaw = f"byte {error.start} of the answer is not UTF-8", Flaw.ANSWER_NOT_UTF8
    except RecursionError:
        words, flaw = "the answer is nested too deep to be read", Flaw.ANSWER_TOO_DEEP
    except (MalformedError, msgspec.ValidationError) as error:
        raise MalformedError(f"{where}: {error}") from None
    except msgspec.DecodeError:
        raise MalformedError(f"{where}: the answer is not JSON") from None
    raise MalformedError(f"{where}: {words}", flaw=flaw)


def anything(text: str) -> object:
    """Return the value of a JSON text of any shape."""
    return msgspec.json.decode(text)


class _Wrapped(msgspec.Struct, Generic[Row]):
    """A list under one of its documented names."""

    items: list[Row] | None = None
    campaigns: list[Row] | None = None
    folders: list[Row] | None = None

    def rows(self) -> list[Row]:
        rows = next((one for one in (self.items, self.campaigns, self.folders) if one is not None), None)
        if rows is None:
            raise MalformedError("the answer is not a list")
        return rows


def _rows(text: str, kind: type[Row]) -> list[Row]:
    """Return the elements of a list; documents and samples disagree on whether it is wrapped (facts A.7)."""
    return _unwrapped(_decoded(text, list[kind] | _Wrapped[kind]))  # type: ignore[valid-type]  # msgspec reads it


def _unwrapped(rows: list[Row] | _Wrapped[Row]) -> list[Row]:
    return rows if isinstance(rows, list) else rows.rows()


def _decoded(text: str, kind: Any) -> Any:  # noqa: ANN401 - a type, and a value of it
    return msgspec.json.decode(text, type=kind, strict=False)


# --- errors and logins ------------------------------------------------------------------------------------------------


class ErrorBody(msgspec.Struct, rename="camel"):
    """The documented body of an error (facts A.5)."""

    error_code: Any = None
    title: Any = None
    detail: Any = None


def error_body(text: str) -> ErrorBody | None:
    """Return an error; None for JSON that has none of its members."""
    body: ErrorBody = _decoded(text, ErrorBody)
    return body if body != ErrorBody() else None


class _Login(msgspec.Struct, rename="camel"):
    auth_token: str
    end_point: str | None = None


@dataclass(frozen=True)
class Login:
    """A token, and the base URL for further calls that the login returned."""

    token: Secret
    end_point: str | None


def login(text: str) -> Login:
    """Return the answer of a login (facts A.2)."""
    answer: _Login = _decoded(text, _Login)
    token = answer.auth_token
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise MalformedError("authToken is empty or holds characters that no token has")
    return Login(Secret(token), answer.end_point)


def end_point(login_url: str, named: str | None) -> str:
    """Return the `endPoint` of a login answer as base URL; ForeignEndpointError if it belongs to another provider.

    All further calls, token included, go there (facts A.2).
    """
    if named is None:
        raise MalformedError("login answer: endPoint is missing")
    found = named.strip().rstrip("/")
    login, there = split(login_url), split(found)
    expected = provider(login.host)
    if not there.host or provider(there.host) != expected:
        raise ForeignEndpointError(expected, visible(there.host or found, 100))
    if there.user_info:
        raise ForeignEndpointError(f"{expected} without a user's name", visible(found, 100))
    local = expected == LOOPBACK
    if there.scheme != "https" and not (there.scheme == "http" and local):
        raise ForeignEndpointError(f"{expected} over https", visible(found, 100))
    if there.port not in (None, HTTPS_PORT, login.port) and not local:
        raise ForeignEndpointError(f"{expected} at the usual port", visible(found, 100))
    if there.more:
        raise MalformedError("login answer: endPoint is more than a host")
    return there.base


# --- users, lists, members --------------------------------------------------------------------------------------------


class _UserInfo(msgspec.Struct, rename="camel"):
    account_name: str | None = None
    user_name: str | None = None
    user_email: str | None = None
    user_locale: str | None = None
    account_time_zone: str | None = None
    created_date: Scalar = None


def user_info(text: str) -> UserInfo:
    """Return `GET /user/info`; missing members are empty, but account or user must be there."""
    answer: _UserInfo = _decoded(text, _UserInfo)
    if answer.account_name is None and answer.user_name is None:
        raise MalformedError("it names neither account nor user")
    return UserInfo(
        account_name=answer.account_name or "",
        user_name=answer.user_name or "",
        email=answer.user_email or "",
        locale=answer.user_locale or "",
        time_zone=answer.account_time_zone or "",
        created=_text(answer.created_date),
    )


class _Column(msgspec.Struct, rename="camel"):
    field_name: str
    field_type: str | None = None


class _List(msgspec.Struct, rename="camel"):
    name: str
    fields: list[_Column]
    folder_name: str | None = None


def list_schemas(text: str) -> tuple[ListSchema, ...]:
    """Return `GET /lists`."""
    return tuple(
        ListSchema(
            name=one.name,
            folder=one.folder_name or "",
            columns=tuple(Column(column.field_name, column.field_type or "") for column in one.fields),
        )
        for one in _rows(text, _List)
    )


class _Count(msgspec.Struct):
    count: int


def member_count(text: str) -> int:
    """Return `GET /lists/{list}/members/count`."""
    answer: _Count = _decoded(text, _Count)
    return answer.count


class _RecordData(msgspec.Struct, rename="camel"):
    field_names: list[str]
    records: list[list[Scalar]]


class _Members(msgspec.Struct, rename="camel"):
    record_data: _RecordData


def member(text: str) -> Mapping[str, str] | None:
    """Return the record of a member look-up by `column_key`, None if the answer holds none."""
    answer: _Members = _decoded(text, _Members)
    names = [column_key(name) for name in answer.record_data.field_names]
    for values in answer.record_data.records:
        if len(values) != len(names):
            raise MalformedError(f"recordData holds {counted(len(values), 'value')} for {len(names)} field names")
        return dict(zip(names, map(_text, values), strict=True))
    return None


# --- names ------------------------------------------------------------------------------------------------------------


class _Named(msgspec.Struct):
    name: str | None = None


def names(text: str) -> tuple[str, ...]:
    """Return the `name` of each element of a list; some may be empty."""
    return tuple(one.name or "" for one in _rows(text, _Named))


def filters(text: str) -> tuple[Filter, ...]:
    """Return one page of `GET /filters`."""
    return tuple(Filter(_text(one.get("name")), one) for one in _rows(text, dict[str, Any]))


class _Organization(msgspec.Struct):
    name: str
    children: list[_Organization] | _Wrapped[_Organization] | None = None


class _Values(msgspec.Struct, rename="camel"):
    attribute_values: list[_Organization] | _Wrapped[_Organization] | None = None
    items: list[_Organization] | None = None

    def rows(self) -> list[_Organization]:
        values = self.attribute_values if self.attribute_values is not None else self.items
        if values is None:
            raise MalformedError("the answer is not a list")
        return _unwrapped(values)


class _Attributes(msgspec.Struct):
    organizations: list[_Organization] | _Values


class _Organizations(_Values, rename="camel"):
    attributes: _Attributes | None = None


def organizations(text: str) -> tuple[str, ...]:
    """Return the names of `GET /attributes/organizations`, parents before their children."""
    answer: list[_Organization] | _Organizations = _decoded(text, list[_Organization] | _Organizations)
    if isinstance(answer, list):
        return tuple(_tree(answer))
    values = answer.attributes.organizations if answer.attributes is not None else answer
    return tuple(_tree(values if isinstance(values, list) else values.rows()))


def _tree(rows: Iterable[_Organization]) -> Iterator[str]:
    for one in rows:
        yield one.name
        if one.children is not None:
            yield from _tree(_unwrapped(one.children))


# --- Connect ----------------------------------------------------------------------------------------------------------


class _Job(msgspec.Struct, rename="camel"):
    job_id: int
    job_name: str | None = None
    active: bool | None = None
    running: bool | None = None
    next_job_run: Any = None
    last_job_run: Any = None


def connect_jobs(text: str) -> tuple[ConnectJob, ...]:
    """Return `GET /connectJobs`; times without a zone are dropped, because their zone is not documented."""
    return tuple(
        ConnectJob(
            job_id=one.job_id,
            name=one.job_name or "",
            active=one.active,
            running=bool(one.running),
            next_run=_time(one.next_job_run),
            last_run=_time(one.last_job_run),
        )
        for one in _rows(text, _Job)
    )


class _Run(msgspec.Struct, rename="camel"):
    job_run_id: int
    job_name: str | None = None
    job_run_status: Any = None
    job_start_time: Any = None
    duration_in_seconds: Any = None


def connect_runs(text: str) -> tuple[ConnectRun, ...]:
    """Return `GET /connectJobs/{jobId}/jobRuns`, without counts."""
    return tuple(
        ConnectRun(
            run_id=one.job_run_id,
            job_name=one.job_name or "",
            status=_status(one.job_run_status),
            started=(started := _time(one.job_start_time)),
            seconds=whole_number(_text(one.duration_in_seconds)),
            reported_start="" if started else visible(_text(one.job_start_time), 60),
        )
        for one in _rows(text, _Run)
    )


class _Status(msgspec.Struct, rename="camel"):
    job_run_status: Any = None
    duration_in_seconds: Any = None
    records_processed: Any = None
    records_added: Any = None
    records_updated: Any = None
    records_rejected: Any = None
    errror_message: str | None = None
    """Spelt so in the documents (facts A.9)."""
    error_message: str | None = None


def run_status(run: ConnectRun) -> Callable[[str], ConnectRun]:
    """Return a reader of `GET .../status` that adds its status and counts to a run."""

    def read(text: str) -> ConnectRun:
        answer: _Status = _decoded(text, _Status)
        return replace(
            run,
            status=_status(answer.job_run_status) or run.status,
            seconds=whole_number(_text(answer.duration_in_seconds)) or run.seconds,
            processed=whole_number(_text(answer.records_processed)),
            added=whole_number(_text(answer.records_added)),
            updated=whole_number(_text(answer.records_updated)),
            rejected=whole_number(_text(answer.records_rejected)),
            error=visible(answer.errror_message or answer.error_message or ""),
        )

    return read


class _LogLine(msgspec.Struct, rename="camel"):
    log_level: Scalar = None
    log_message: Scalar = None
    log_time: Scalar = None


def log_lines(text: str) -> tuple[LogLine, ...]:
    """Return `GET .../logs`, texts made safe to show."""
    return tuple(
        LogLine(*(visible(_text(value)) for value in (one.log_level, one.log_message, one.log_time)))
        for one in _rows(text, _LogLine)
    )


class _Trigger(msgspec.Struct, rename="camel"):
    success: bool
    job_run_id: int | None = None
    error_message: str | None = None


def triggered_run(text: str) -> int:
    """Return the run that `PUT .../trigger` started; RefusedError if it did not."""
    answer: _Trigger = _decoded(text, _Trigger)
    if not answer.success:
        raise RefusedError(200, "TRIGGER_REFUSED", "the job was not started", visible(answer.error_message or ""))
    if answer.job_run_id is None:
        raise MalformedError("the answer names no run")
    return answer.job_run_id


# --- values -----------------------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    """Return a text, number or truth value as text; empty for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""


def _status(value: object) -> RunStatus | None:
    """Return a status, bare or as `{value}`; None if it is missing or not documented."""
    word = _text(value.get("value") if isinstance(value, dict) else value).lower()
    return RunStatus(word) if word in {status.value for status in RunStatus} else None


def _time(value: object) -> datetime | None:
    """Return a time (aware, UTC); None if it is missing or ambiguous.

    Reads epoch milliseconds as in `issuedAt` (facts A.2; observed), epoch seconds, and ISO 8601 with an offset. The
    format in Connect answers is not documented.
    """
    seconds = whole_number(value) if isinstance(value, str) else value
    try:
        if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and seconds > 0:
            in_seconds = seconds / 1000 if seconds >= _MILLISECONDS_SINCE else seconds
            return plausible(datetime.fromtimestamp(in_seconds, UTC))
        if isinstance(value, str):
            read = datetime.fromisoformat(value.strip())
            return None if read.tzinfo is None else plausible(read.astimezone(UTC))
    except (ValueError, OverflowError, OSError):
        return None
    return None
