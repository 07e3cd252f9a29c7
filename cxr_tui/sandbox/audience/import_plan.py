"""From the entries of a job's pages to a plan that a run can follow, or to the errors that keep it from activation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cxr_tui.domain.responsys_data import MATCH_COLUMNS
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.labels import (
    AUTHENTICATION,
    BY_KEY,
    CHARACTER_SET,
    CHARACTER_SETS,
    COLUMN_MAPPING,
    DELIMITERS,
    DIRECTORY_PATH,
    ENCLOSURES,
    ENCRYPTED,
    EXTERNAL_SERVER,
    FIELD_DELIMITER,
    FIELD_ENCLOSURE,
    FILE_LOCATION,
    FILE_NAME,
    FIRST_LINE,
    HOSTNAME,
    KEY,
    MATCH_COLUMN,
    PASSWORD,
    SEND_TO,
    TARGET_TABLES,
    USERNAME,
    WHEN,
)
from cxr_tui.sandbox.audience.state import Account
from cxr_tui.sandbox.shared.schedule import Recurrence, ScheduleError, read_recurrence

_GIVEN_BY_THE_LIST = ("RIID_",)
"""CX Audience's RIID_ is an id of its own, so nothing can be mapped to it (inferred)."""


class PlanError(Exception):
    """A job is not complete; `problems` are what Show Errors lists."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Source:
    """Where the file is fetched."""

    host: str
    """`host:port`, or the host alone for port 22; empty: CX Audience's own file server."""
    directory: str
    user_name: str
    password: Secret | None
    """None: the account's SSH2 key."""


@dataclass(frozen=True)
class FileFormat:
    """How the file is written."""

    codec: str
    delimiter: str
    enclosure: str
    """Empty: none."""
    header: bool
    key_name: str
    """The key pair that it is encrypted to; empty: it is not encrypted."""


@dataclass(frozen=True)
class Target:
    """Where the records go."""

    list_name: str
    match_column: str
    mapping: tuple[tuple[str, str], ...]
    """Incoming column and list column, in the order of the page."""


@dataclass(frozen=True)
class ImportPlan:
    """All that a run needs to know."""

    job_name: str
    source: Source
    file_name: str
    form: FileFormat
    target: Target
    send_to: str
    when: str


def read_plan(job_name: str, entries: Mapping[str, Any], account: Account, keys: Collection[str]) -> ImportPlan:
    """Return the plan of a job; PlanError lists every error at once, each with the page it is on."""
    problems = [
        *_source_problems(entries, account),
        *_file_problems(entries, keys),
        *_target_problems(entries, account),
    ]
    if not entries[SEND_TO]:
        problems.append("Notification: enter an email address.")
    if problems:
        raise PlanError(problems)
    return ImportPlan(
        job_name,
        read_source(entries),
        entries[FILE_NAME],
        FileFormat(
            CHARACTER_SETS[entries[CHARACTER_SET]],
            DELIMITERS[entries[FIELD_DELIMITER]],
            ENCLOSURES[entries[FIELD_ENCLOSURE]],
            entries[FIRST_LINE],
            entries[KEY] if entries[ENCRYPTED] else "",
        ),
        Target(entries[TARGET_TABLES], entries[MATCH_COLUMN], tuple(entries[COLUMN_MAPPING].items())),
        entries[SEND_TO],
        entries[WHEN],
    )


def read_source(entries: Mapping[str, Any]) -> Source:
    """Return where the file is fetched, as the Source Connectivity page says, complete or not."""
    return Source(
        entries[HOSTNAME] if entries[FILE_LOCATION] == EXTERNAL_SERVER else "",
        entries[DIRECTORY_PATH],
        entries[USERNAME],
        None if entries[AUTHENTICATION] == BY_KEY else entries[PASSWORD],
    )


def read_schedule(entries: Mapping[str, Any], zone: str) -> Recurrence:
    """Return the schedule of a job; PlanError."""
    try:
        return read_recurrence(entries, zone)
    except ScheduleError as error:
        raise PlanError([f"Schedule: {error}."]) from None


def _source_problems(entries: Mapping[str, Any], account: Account) -> list[str]:
    if entries[FILE_LOCATION] != EXTERNAL_SERVER:
        return [] if entries[DIRECTORY_PATH] else ["Source Connectivity: enter a directory path."]
    problems = [
        f"Source Connectivity: {label} is missing."
        for label in (HOSTNAME, DIRECTORY_PATH, USERNAME)
        if not entries[label]
    ]
    if entries[HOSTNAME] and entries[HOSTNAME] not in account.external_servers:
        problems.append(f"Source Connectivity: {entries[HOSTNAME]} is not permitted as external server.")
    if entries[AUTHENTICATION] != BY_KEY and not entries[PASSWORD]:
        problems.append("Source Connectivity: Password is missing.")
    return problems


def _file_problems(entries: Mapping[str, Any], keys: Collection[str]) -> list[str]:
    problems = []
    if not entries[FILE_NAME]:
        problems.append("Source Specification: enter the file name with its extension.")
    if entries[ENCRYPTED] and entries[KEY] not in keys:
        problems.append("Source Specification: select a key pair.")
    return problems


def _target_problems(entries: Mapping[str, Any], account: Account) -> list[str]:
    if entries[TARGET_TABLES] not in account.lists:
        return ["Target Definition: select a list under Target Tables."]
    columns = dict(account.lists[entries[TARGET_TABLES]].columns)
    mapping: Mapping[str, str] = entries[COLUMN_MAPPING]
    problems = []
    if entries[MATCH_COLUMN] not in MATCH_COLUMNS:
        problems.append("Target Definition: select a match column.")
    if not mapping:
        problems.append("Target Definition: map the incoming columns to columns of the list.")
    elif entries[MATCH_COLUMN] not in mapping.values():
        problems.append(f"Target Definition: no incoming column is mapped to {entries[MATCH_COLUMN]}.")
    for incoming, column in mapping.items():
        if column not in columns:
            problems.append(f"Target Definition: {incoming} is mapped to {column}, which the list does not have.")
        elif column in _GIVEN_BY_THE_LIST:
            problems.append(f"Target Definition: {incoming} cannot be mapped to {column}, which the list itself gives.")
    twice = sorted({column for column in mapping.values() if list(mapping.values()).count(column) > 1})
    problems += [f"Target Definition: several incoming columns are mapped to {column}." for column in twice]
    return problems
