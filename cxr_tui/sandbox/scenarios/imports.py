"""Scenarios of the transfer's SSH2 key, of the import job, and of what shows only when everything runs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cxr_tui.domain.date_formats import DAY_FIRST, MONTH_FIRST
from cxr_tui.domain.password_policy import make_password
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.audience.account import PASSWORD, USER_NAME
from cxr_tui.sandbox.scenarios.access import replace_password
from cxr_tui.sandbox.scenarios.builder import (
    Moment,
    ScenarioBuilder,
    changing,
    entering,
    mistake,
    product_state,
    scenario,
)
from cxr_tui.sandbox.shared.connect_jobs import MANAGE, ConnectJobs, Run
from cxr_tui.sandbox.shared.screens import PageShows

if TYPE_CHECKING:
    from cxr_tui.sandbox.world import Sandbox

_FORGOTTEN = timedelta(days=120)
_SHORT_LINE = 56
_JOB = (*MANAGE, "*")
_TARGET = (*_JOB, "Target Definition")
_MAPPING = "Column mapping"


@scenario("ssh2-key-format")
async def _ssh2_key_format(builder: ScenarioBuilder) -> None:
    """Let the company's mail gateway quote attached text and shorten its lines, once."""

    def quoted(data: bytes) -> bytes:
        lines = data.decode("ascii").splitlines()
        head, body, end = lines[:2], "".join(lines[2:-1]), lines[-1]
        short = [body[start : start + _SHORT_LINE] for start in range(0, len(body), _SHORT_LINE)]
        return "".join(f"> {line}\r\n" for line in (*head, *short, end)).encode("ascii")

    def mangle(shows: PageShows) -> PageShows:
        files = {label: (name, quoted(data)) for label, (name, data) in shows.files.items()}
        return replace(shows, files=files)

    builder.alter_screen(Moment("mailbox", ("Inbox", "Your SSH2 public key")), mangle)


@product_state("ssh2-key-pending")
async def _ssh2_key_pending(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Take the key in at Oracle and lose the work order; Support finds it again when the person asks."""
    sandbox.responsys.ssh2_keys.delay = _FORGOTTEN
    yield
    for key in sandbox.responsys.ssh2_keys.by_tag.values():
        key.ready = sandbox.clock.now()


# The name is typed as the export screen shows it, without the ending that encryption adds.
_NAME = "File name"
_NO_ENDING = changing(_NAME, lambda name: str(name).removesuffix(".gpg"))
mistake("file-name-mismatch", "audience", (*_JOB, "Source Specification"), _NAME, _NO_ENDING)

mistake("match-column-differs", "audience", _TARGET, "Match column", entering("Match column", "EMAIL_ADDRESS_"))

# A line for the record ids is added, a name mapped to a system column, and a column mistyped.
_SHIFTED = {"RIID_": "RIID_", "LAST_NAME": "CITY_", "LIFETIME_VALUE": "LOYALTY_TIERS"}
mistake("mapping-wrong", "audience", _TARGET, _MAPPING, changing(_MAPPING, lambda mapping: {**mapping, **_SHIFTED}))

# Both jobs run in the same hour of the night, the import first.
mistake("import-before-export", "audience", (*_JOB, "Schedule"), "Time", entering("Time", "03:45"))


@scenario("date-format-differs")
async def _date_format_differs(builder: ScenarioBuilder) -> None:
    """Let Responsys write day before month, and CX Audience read month before day."""
    builder.sandbox.responsys.account.download_format = DAY_FIRST
    builder.sandbox.audience.account.upload_format = MONTH_FIRST


@product_state("rows-rejected")
async def _rows_rejected(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let a shop terminal write mobile numbers with hyphens and countries with three letters into the list."""
    customers = sandbox.population.customers
    before = {
        record["RIID_"]: {name: record[name] for name in ("MOBILE_NUMBER_", "MOBILE_COUNTRY_")}
        for number, record in enumerate(customers.rows())
        if number % 6 == 4
    }
    for number, riid in enumerate(before):
        spoiled = {"MOBILE_NUMBER_": "15005550142", "MOBILE_COUNTRY_": "USA"}
        if number % 2 == 0:
            spoiled = {"MOBILE_NUMBER_": "500-555-0142", "MOBILE_COUNTRY_": "US"}
        customers.update(riid, spoiled, sandbox.clock.now())
    yield
    for riid, values in before.items():
        customers.update(riid, values, sandbox.clock.now())


@scenario("password-one-sided")
async def _password_one_sided(builder: ScenarioBuilder) -> None:
    """Let a colleague change the password in Responsys and here after the first import, and be called away."""
    sandbox = builder.sandbox
    changed: list[Secret] = []

    async def half(_: ConnectJobs, __: Run) -> None:
        if (settings := sandbox.audience.account.settings) is not None:
            changed.append(make_password())
            replace_password(sandbox, settings[USER_NAME], changed[-1])

    async def other_half(_: Sandbox) -> None:
        account = sandbox.audience.account
        if account.settings is not None and changed:
            account.settings[PASSWORD] = changed[-1]
            account.refusals, account.problem = 0, ""

    sandbox.audience.jobs.after_next_run.append(half)
    builder.remedy(other_half)


@product_state("audience-designer-off")
async def _audience_designer_off(sandbox: Sandbox) -> AsyncGenerator[None, None]:
    """Let Support close the request and forget to switch the feature on, until the person asks about it."""
    sandbox.portal.overlooks_designer = True
    yield
    sandbox.responsys.account.audience_designer = True
