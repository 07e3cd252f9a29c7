"""Answers of Responsys and CX Audience, read into the types of the model (facts A.7, A.9, C.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cxr_tui.domain.answers import whole_number
from cxr_tui.domain.counting import counted
from cxr_tui.domain.errors import ForeignEndpointError, MalformedError
from cxr_tui.domain.responsys_data import (
    Column,
    ConnectJob,
    ConnectRun,
    Filter,
    ListSchema,
    LogLine,
    RateLimit,
    RunStatus,
    UserInfo,
    column_key,
)
from cxr_tui.domain.safe_text import visible
from cxr_tui.gateways.rest.parts import Part
from cxr_tui.gateways.rest.url_policy import HTTPS_PORT, LOOPBACK, provider, split


def end_point(login_url: str, answer: Part) -> str:
    """Return the `endPoint` of a login answer as base URL; ForeignEndpointError where it is another provider's.

    A login returns where all further calls, token included, go to (facts A.2); nobody else may be named there.
    """
    found = answer["endPoint"].text().strip().rstrip("/")
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
        raise MalformedError("login answer.endPoint is more than a host")
    return there.base


def user_info(answer: Part) -> UserInfo:
    """Return `GET /user/info`; a member that is left out is empty, unless neither account nor user is named."""
    if not (answer.has("accountName") or answer.has("userName")):
        raise MalformedError("user/info names neither account nor user")
    return UserInfo(
        account_name=answer.optional("accountName").text(""),
        user_name=answer.optional("userName").text(""),
        email=answer.optional("userEmail").text(""),
        locale=answer.optional("userLocale").text(""),
        account_display_name=answer.optional("accountDisplayName").text(""),
        time_zone=answer.optional("accountTimeZone").text(""),
        created=answer.optional("createdDate").loose_text(),
    )


def list_schemas(answer: Part) -> tuple[ListSchema, ...]:
    """Return `GET /lists`, a bare array in samples and wrapped in `items` in the Swagger file."""
    return tuple(
        ListSchema(
            name=one["name"].text(),
            folder=one.optional("folderName").text(""),
            columns=tuple(
                Column(column["fieldName"].text(), column.optional("fieldType").text(""))
                for column in one["fields"].items()
            ),
        )
        for one in answer.items("items")
    )


def member(answer: Part) -> Mapping[str, str] | None:
    """Return the one record of a member look-up by `column_key`, None where the answer holds none."""
    data = answer["recordData"]
    names = [column_key(name.text()) for name in data["fieldNames"].items()]
    for record in data["records"].items():
        values = [value.loose_text() for value in record.items()]
        if len(values) != len(names):
            raise MalformedError(f"recordData holds {counted(len(values), 'value')} for {len(names)} field names")
        return dict(zip(names, values, strict=True))
    return None


def names(answer: Part, *wrappers: str) -> tuple[str, ...]:
    """Return the `name` of each element of an array that comes bare or under one of `wrappers`; some may be empty."""
    return tuple(one.optional("name").text("") for one in answer.items(*wrappers))


def filters(answer: Part) -> tuple[Filter, ...]:
    """Return one page of `GET /filters`."""
    return tuple(Filter(one.optional("name").text(""), one.members()) for one in answer.items("items"))


def organizations(answer: Part) -> tuple[str, ...]:
    """Return the names of `GET /attributes/organizations`, parents before their children."""
    found: list[str] = []

    def walk(values: Part) -> None:
        for one in values.items("items"):
            found.append(one["name"].text())
            if one.has("children"):
                walk(one["children"])

    if answer.has("attributes"):
        answer = answer["attributes"]["organizations"]
    walk(answer["attributeValues"] if answer.has("attributeValues") else answer)
    return tuple(found)


def rate_limits(answer: Part) -> tuple[RateLimit, ...]:
    """Return `GET /rest/api/ratelimit`."""
    return tuple(
        RateLimit(
            api=one["api"].text(""),
            limit=one["limit"].number(),
            path=one["resource_path"].text("") if one.has("resource_path") else "",
            verb=one["verb"].text("") if one.has("verb") else "",
        )
        for one in answer.items("items")
    )


def connect_jobs(answer: Part) -> tuple[ConnectJob, ...]:
    """Return `GET /connectJobs`; times without a zone are left out, for nobody says which one they mean."""
    return tuple(
        ConnectJob(
            job_id=one["jobId"].number(),
            name=one.optional("jobName").text(""),
            type=one.optional("jobType").loose_text(),
            schedule_type=one.optional("scheduleType").loose_text(),
            active=one["active"].flag() if one.has("active") else None,
            running=one["running"].flag() if one.has("running") else False,
            next_run=one.optional("nextJobRun").time(),
            last_run=one.optional("lastJobRun").time(),
        )
        for one in answer.items("items")
    )


def connect_runs(answer: Part) -> tuple[ConnectRun, ...]:
    """Return `GET /connectJobs/{jobId}/jobRuns`, without counts."""
    return tuple(
        ConnectRun(
            run_id=one["jobRunId"].number(),
            job_name=one.optional("jobName").text(""),
            status=_status(one.optional("jobRunStatus")),
            started=(started := one.optional("jobStartTime")).time(),
            seconds=_count(one, "durationInSeconds"),
            reported_start="" if started.time() else visible(started.shown(), 60),
        )
        for one in answer.items("items")
    )


def connect_run(run_id: int, answer: Part) -> ConnectRun:
    """Return one run by `GET .../status` alone, which names no start."""
    return with_counts(ConnectRun(run_id, "", None, None, None), answer)


def with_counts(run: ConnectRun, answer: Part) -> ConnectRun:
    """Return a run with what `GET .../status` tells of it; its error member is spelt with three r (documented)."""
    error = next((name for name in ("errrorMessage", "errorMessage") if answer.has(name)), None)
    return replace(
        run,
        status=_status(answer.optional("jobRunStatus")) or run.status,
        seconds=_count(answer, "durationInSeconds") or run.seconds,
        processed=_count(answer, "recordsProcessed"),
        added=_count(answer, "recordsAdded"),
        updated=_count(answer, "recordsUpdated"),
        rejected=_count(answer, "recordsRejected"),
        error=visible(answer[error].text("")) if error else "",
    )


def log_lines(answer: Part) -> tuple[LogLine, ...]:
    """Return `GET .../logs`, texts made safe to show."""
    return tuple(
        LogLine(*(visible(one.optional(name).loose_text()) for name in ("logLevel", "logMessage", "logTime")))
        for one in answer.items("items")
    )


def _status(part: Part) -> RunStatus | None:
    """Read a status, bare or as `{value}`; None for none, and for a word that is not documented."""
    word = (part["value"] if part.has("value") else part).shown().lower()
    return RunStatus(word) if word in {status.value for status in RunStatus} else None


def _count(part: Part, name: str) -> int | None:
    """Read a count that nothing depends on; None where it is missing or no whole number."""
    return whole_number(part.optional(name).shown())
