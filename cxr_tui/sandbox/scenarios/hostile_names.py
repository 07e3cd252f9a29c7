"""Names that other people gave to objects of the two accounts: valid, and unfit to be shown raw.

Nothing fails because of them. They steer terminals, look like markup, reverse the reading order, or are invisible; a
program that shows them as they are loses control of the screen.
"""

from __future__ import annotations

from cxr_tui.domain.responsys_data import SYSTEM_COLUMNS
from cxr_tui.sandbox.lists import ListTable
from cxr_tui.sandbox.responsys.account import FilterObject
from cxr_tui.sandbox.scenarios.builder import ScenarioBuilder, scenario
from cxr_tui.sandbox.shared.connect_jobs import EXPORT, ConnectJobs, Run

HOSTILE_NAMES = (
    "\x1b]0;PWNED\x07",
    "\x1b[2J\x1b[31mPWNED",
    "\x9b31mPWNED",
    "[red]PWNED[/]",
    "[@click=app.exit]PWNED[/]",
    "[/",
    "<b>PWNED</b><script>",
    "=cmd|' /C calc'!A0 PWNED",
    "\u202eDENWP",
    "PW\u200bN\u2060ED\ufeff",
    "PWNED\r\nline two\x08\x0c",
    "![PWNED](http://pwned.example/x)|`x`",
)
_DEEP = "/".join(("Root", "\x1b[31mPWNED"))


@scenario("hostile-names")
async def _hostile_names(builder: ScenarioBuilder) -> None:
    """Let lists, columns, tables, campaigns, folders, filters, jobs, files, log lines and people have such names."""
    sandbox = builder.sandbox
    account = sandbox.responsys.account
    account.display_name = "".join(HOSTILE_NAMES[:4])
    account.organizations.append(_DEEP)
    for number, name in enumerate(HOSTILE_NAMES):
        columns = (*SYSTEM_COLUMNS, (name, "STR25"))
        account.lists[name] = ListTable(name, name, columns, first_riid=700_000_001 + number * 1_000)
        account.supplemental.append(name)
        account.folders.append(name)
        account.campaigns.append(name)
        account.filters.append(FilterObject(name, "CUSTOMERS"))
        sandbox.audience.account.lists[name] = ListTable(name, name, columns)
        sandbox.responsys.jobs.create(name, EXPORT)
        sandbox.responsys.file_server.path("download").joinpath(name.replace("/", "_")).write_text(name)
    for table in (sandbox.population.customers, sandbox.population.customer_profiles):
        for name in HOSTILE_NAMES[:5]:
            table.add_column(name, "STR25")
    customers, now = sandbox.population.customers, sandbox.clock.now()
    for record, name in zip(list(customers.rows()), HOSTILE_NAMES, strict=False):
        one_line = name.replace("\r\n", " ")
        customers.update(record["RIID_"], {"FIRST_NAME": one_line[:25], "CITY_": one_line[:50]}, now)
    for jobs in (sandbox.responsys.jobs, sandbox.audience.jobs):
        jobs.after_next_run.append(_note_names)


async def _note_names(jobs: ConnectJobs, run: Run) -> None:
    for name in HOSTILE_NAMES:
        jobs.note(run, name, "WARN")
