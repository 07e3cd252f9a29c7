"""A world made by hand, for faults that no real part can be talked into."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from cxr_tui.domain.answers import Known, Value
from cxr_tui.domain.errors import NothingStoredError, OutsideError
from cxr_tui.domain.finding import Outcome
from cxr_tui.domain.instruction import Site, Visit, VisitRefusedError
from cxr_tui.domain.responsys_data import Column, ConnectJob, Filter, HostAnswer, ListSchema, UserInfo
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.checks.run import run_check
from cxr_tui.guide.definition import Step

if TYPE_CHECKING:
    from cxr_tui.domain.ports import FileServer, OpenPgp, World

T = TypeVar("T")
Names = tuple[str, ...]

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
USER = UserInfo(
    account_name="acmeretail",
    user_name="CXAudienceIntegrationacmeretail",
    email="jo@acme.example",
    locale="en",
    time_zone="America/New_York",
    created="2026-03-01",
)
COLUMNS = (
    Column("RIID_", "INTEGER"),
    Column("CUSTOMER_ID_", "STR255"),
    Column("EMAIL_ADDRESS_", "STR500"),
    Column("EMAIL_PERMISSION_STATUS_", "CHAR"),
    Column("MOBILE_NUMBER_", "STR50"),
    Column("LOYALTY_TIER", "STR25"),
)
CUSTOMERS = ListSchema("CUSTOMERS", (*COLUMNS, Column("AGE_RANGE", "STR25")))
PROFILES = ListSchema("CUSTOMER_PROFILES", COLUMNS)


def or_raise(answer: T | OutsideError) -> T:
    """Return a prepared answer, or raise it where it is an error."""
    if isinstance(answer, OutsideError):
        raise answer
    return answer


@dataclass
class FakeApi:
    """Either product's REST interface; every answer may be an error instead."""

    accepts: OutsideError | None = None
    """What a login meets."""
    info: UserInfo | OutsideError = USER
    schemas: tuple[ListSchema, ...] | OutsideError = (CUSTOMERS,)
    tables: Names | OutsideError = ()
    campaigns_answer: Names | OutsideError = ()
    folders_answer: Names | OutsideError = ()
    organizations_answer: Names | OutsideError = ("Root",)
    filters_answer: tuple[Filter, ...] | OutsideError = ()
    jobs: tuple[ConnectJob, ...] | OutsideError = ()
    members: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """Records by column and value."""
    logins: int = 0

    async def login(self) -> None:
        self.logins += 1
        self._let_in()

    async def user_info(self) -> UserInfo:
        self._let_in()
        return or_raise(self.info)

    def _let_in(self) -> None:
        if self.accepts is not None:
            raise self.accepts

    async def lists(self) -> tuple[ListSchema, ...]:
        return or_raise(self.schemas)

    async def supplemental_tables(self) -> Names:
        return or_raise(self.tables)

    async def campaigns(self) -> Names:
        return or_raise(self.campaigns_answer)

    async def folders(self) -> Names:
        return or_raise(self.folders_answer)

    async def organizations(self) -> Names:
        return or_raise(self.organizations_answer)

    async def filters(self) -> tuple[Filter, ...]:
        return or_raise(self.filters_answer)

    async def connect_jobs(self) -> tuple[ConnectJob, ...]:
        return or_raise(self.jobs)

    async def member(self, _: str, column: str, value: str) -> Mapping[str, str] | None:
        return self.members.get((column, value))


@dataclass
class FakeOperator:
    """Shows prepared screens; any other one does not exist."""

    screens: Mapping[Names, Mapping[str, Value] | OutsideError] = field(default_factory=dict)

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        if tuple(path) not in self.screens:
            raise VisitRefusedError(Visit(site, tuple(path)), "there is no such page")
        return or_raise(self.screens[tuple(path)])


@dataclass
class FakeCredentials:
    """Secrets in a dictionary, or a store that cannot be used."""

    items: dict[str, str] = field(default_factory=dict)
    broken: OutsideError | None = None

    async def has(self, item: str) -> bool:
        if self.broken is not None:
            raise self.broken
        return item in self.items

    async def get(self, item: str) -> Secret:
        if self.broken is not None:
            raise self.broken
        if item not in self.items:
            raise NothingStoredError(item)
        return Secret(self.items[item])


@dataclass
class FakeWorld:
    """The world, part by part."""

    user: FakeApi = field(default_factory=FakeApi)
    connect_user: FakeApi | None = None
    audience_user: FakeApi | None = None
    operator: None = None
    screens: FakeOperator | None = None
    credentials: FakeCredentials = field(default_factory=FakeCredentials)
    openpgp: OpenPgp | None = None
    server: FileServer | None = None
    hosts: Mapping[str, int | OutsideError] = field(default_factory=dict)
    """Answers to a knock by URL: an HTTP status or an error; any other host answers 401 over TLS."""
    knocked: list[str] = field(default_factory=list)
    moment: datetime = NOW
    apart: timedelta | None = None
    """How far the servers' clock is ahead."""

    def now(self) -> datetime:
        return self.moment

    def own_time(self) -> datetime:
        return self.moment - (self.apart or timedelta(0))

    def clock_difference(self) -> timedelta | None:
        return self.apart

    async def probe_host(self, url: str) -> HostAnswer:
        self.knocked.append(url)
        status: int = or_raise(self.hosts.get(url, 401))
        return HostAnswer(url, status, tls=url.startswith("https"), date=self.moment, seconds=0.1)

    def responsys(self) -> FakeApi:
        return self.user

    def connect(self) -> FakeApi | None:
        return self.connect_user

    def audience(self) -> FakeApi | None:
        return self.audience_user

    def file_server(self) -> FileServer | None:
        return self.server

    async def wait(self, seconds: float) -> None:
        """Time passes automatically here."""

    async def read_file(self, path: str, limit: int) -> bytes:
        return Path(path).read_bytes()[:limit]


def values_of(step: Step, given: Mapping[str, Value]) -> dict[str, Value]:
    """Return the given values with what the step proposes, and what it carries over under its own names."""
    values = dict(given)
    for one in step.fields:
        key = step.key(one.name)
        if one.origin:
            if one.origin in values:
                values[key] = values[one.origin]
        elif key not in values:
            proposed = one.proposal(Known(values))
            if proposed is not None:
                values[key] = proposed
    return values


def known_to(step: Step, given: Mapping[str, Value]) -> Known:
    """Return what check and instruction of a step may read, and refuse whatever it did not declare."""
    own = tuple(step.key(one.name) for one in step.fields)
    return Known(values_of(step, given)).limited_to((*step.own_keys(), *own))


async def run(step: Step, world: FakeWorld, given: Mapping[str, Value]) -> Outcome:
    """Run the check of a step."""
    return await run_check(step, known_to(step, given), cast("World", world), lambda _: None)


def codes(outcome: Outcome, *statuses: str) -> list[str]:
    """Return the codes of the findings with one of these statuses, all without any."""
    return [one.code for one in outcome.findings if not statuses or one.status in statuses]


def with_types(schema: ListSchema, **types: str) -> ListSchema:
    """Return a list with other column types."""
    columns = tuple(Column(one.name, types.get(one.name, one.type)) for one in schema.columns)
    return replace(schema, columns=columns)


def without(schema: ListSchema, *names: str) -> ListSchema:
    """Return a list without some columns."""
    return replace(schema, columns=tuple(one for one in schema.columns if one.name not in names))


def renamed(schema: ListSchema, respell: Callable[[str], str]) -> ListSchema:
    """Return a list whose column names are spelled in another case."""
    return replace(schema, columns=tuple(Column(respell(one.name), one.type) for one in schema.columns))
