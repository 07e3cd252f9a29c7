"""Decodes answers of Responsys and CX Audience by their documented shapes (facts A.7, A.9, C.1).

A reader takes the text of an answer. Optional members may be missing, null or of another type. Numbers and truth values
may also come as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

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
from cxr_tui.domain.url_policy import HTTPS_PORT, LOOPBACK, provider, split
from cxr_tui.gateways.rest.server_clock import plausible

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


def _rows(text: str) -> list[dict[str, Any]]:
    """Return the elements of a list; documents and samples disagree on whether it is wrapped (facts A.7)."""
    rows = _decoded(text, list[Any] | dict[str, Any])
    if isinstance(rows, dict):
        rows = next((rows[name] for name in ("items", "campaigns", "folders") if rows.get(name) is not None), None)
        if rows is None:
            raise MalformedError("the answer is not a list")
    return msgspec.convert(rows, list[dict[str, Any]])


def _decoded(text: str, kind: Any) -> Any:  # noqa: ANN401 - a type, and a value of it
    return msgspec.json.decode(text, type=kind, strict=False)


# --- errors and logins ------------------------------------------------------------------------------------------------


def error_body(text: str) -> tuple[object, object, object] | None:
    """Return code, title and detail of an error (facts A.5); None for JSON that has none of them."""
    answer: dict[str, Any] = _decoded(text, dict[str, Any])
    code, title, detail = (answer.get(member) for member in ("errorCode", "title", "detail"))
    return None if code is title is detail is None else (code, title, detail)


class _Login(msgspec.Struct, rename="camel"):
    auth_token: str
    end_point: str | None = None


def login(text: str) -> tuple[Secret, str | None]:
    """Return the token of a login, and the base URL for further calls if the answer names one (facts A.2)."""
    answer: _Login = _decoded(text, _Login)
    token = answer.auth_token
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise MalformedError("authToken is empty or holds characters that no token has")
    return Secret(token), answer.end_point


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


def user_info(text: str) -> UserInfo:
    """Return `GET /user/info`; missing members are empty, but account or user must be there."""
    answer: dict[str, Any] = _decoded(text, dict[str, Any])
    members = ("accountName", "userName", "userEmail", "userLocale", "accountTimeZone", "createdDate")
    info = UserInfo(*(_text(answer.get(member)) for member in members))
    if not info.account_name and not info.user_name:
        raise MalformedError("it names neither account nor user")
    return info


class _Column(msgspec.Struct, rename="camel"):
    field_name: str
    field_type: str | None = None


class _List(msgspec.Struct, rename="camel"):
    name: str
    fields: list[_Column]


def list_schemas(text: str) -> tuple[ListSchema, ...]:
    """Return `GET /lists`."""
    return tuple(
        ListSchema(
            name=one.name,
            columns=tuple(Column(column.field_name, column.field_type or "") for column in one.fields),
        )
        for one in msgspec.convert(_rows(text), list[_List])
    )


def member_count(text: str) -> int:
    """Return `GET /lists/{list}/members/count`."""
    return _number(_decoded(text, dict[str, Any]), "count")


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


def names(text: str) -> tuple[str, ...]:
    """Return the `name` of each element of a list; some may be empty."""
    return tuple(_text(one.get("name")) for one in _rows(text))


def filters(text: str) -> tuple[Filter, ...]:
    """Return one page of `GET /filters`."""
    return tuple(Filter(_text(one.get("name")), one) for one in _rows(text))


def organizations(text: str) -> tuple[str, ...]:
    """Return the names of `GET /attributes/organizations`, parents before their children, however they are wrapped."""
    found = tuple(_names_in(anything(text)))
    if not found:
        raise MalformedError("the answer names no organization")
    return found


def _names_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("name"), str):
            yield value["name"]
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _names_in(one)


# --- Connect ----------------------------------------------------------------------------------------------------------


def connect_jobs(text: str) -> tuple[ConnectJob, ...]:
    """Return `GET /connectJobs`; times without a zone are dropped, because their zone is not documented."""
    return tuple(
        ConnectJob(
            job_id=_number(one, "jobId"),
            name=_text(one.get("jobName")),
            active=_flag(one.get("active")),
            running=_flag(one.get("running")) is True,
            next_run=_time(one.get("nextJobRun")),
            last_run=_time(one.get("lastJobRun")),
        )
        for one in _rows(text)
    )


def connect_runs(text: str) -> tuple[ConnectRun, ...]:
    """Return `GET /connectJobs/{jobId}/jobRuns`, without counts."""
    return tuple(
        ConnectRun(
            run_id=_number(one, "jobRunId"),
            status=_status(one.get("jobRunStatus")),
            started=(started := _time(one.get("jobStartTime"))),
            seconds=whole_number(_text(one.get("durationInSeconds"))),
            reported_start="" if started else visible(_text(one.get("jobStartTime")), 60),
        )
        for one in _rows(text)
    )


def run_status(run: ConnectRun) -> Callable[[str], ConnectRun]:
    """Return a reader of `GET .../status` that adds its status and counts to a run."""

    def read(text: str) -> ConnectRun:
        answer: dict[str, Any] = _decoded(text, dict[str, Any])
        numbers = {name: whole_number(_text(value)) for name, value in answer.items()}
        return replace(
            run,
            status=_status(answer.get("jobRunStatus")) or run.status,
            seconds=numbers.get("durationInSeconds") or run.seconds,
            processed=numbers.get("recordsProcessed"),
            added=numbers.get("recordsAdded"),
            updated=numbers.get("recordsUpdated"),
            rejected=numbers.get("recordsRejected"),
            # the documents spell it with three r (facts A.9)
            error=visible(_text(answer.get("errrorMessage")) or _text(answer.get("errorMessage"))),
        )

    return read


def log_lines(text: str) -> tuple[LogLine, ...]:
    """Return `GET .../logs`, texts made safe to show."""
    members = ("logLevel", "logMessage")
    return tuple(LogLine(*(visible(_text(one.get(member))) for member in members)) for one in _rows(text))


def triggered_run(text: str) -> int:
    """Return the run that `PUT .../trigger` started; RefusedError if it did not."""
    answer: dict[str, Any] = _decoded(text, dict[str, Any])
    if not _flag(answer.get("success")):
        detail = visible(_text(answer.get("errorMessage")))
        raise RefusedError(200, "TRIGGER_REFUSED", "the job was not started", detail)
    return _number(answer, "jobRunId")


# --- values -----------------------------------------------------------------------------------------------------------


def _text(value: object) -> str:
    """Return a text, number or truth value as text; empty for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""


def _number(answer: Mapping[str, Any], member: str) -> int:
    """Return a member that must be a whole number."""
    found = whole_number(_text(answer.get(member)))
    if found is None:
        raise MalformedError(f"`{member}` is not a whole number")
    return found


def _flag(value: object) -> bool | None:
    """Return a truth value; None for anything else."""
    return {"true": True, "false": False}.get(_text(value).lower())


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
