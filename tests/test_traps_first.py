"""The traps of the first half, from the two accounts to the key: each one planted, caught and named, and alone.

Every row is a rehearsal in a process of its own, over real sockets, up to a step that the fault would have stopped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from programs import Ended, sandbox_up
from warm import cxr_tui

from cxr_tui.guide.order import GUIDE
from cxr_tui.launch import scenario_codes


class Trap(NamedTuple):
    """A planted fault, the step at which it is named, and what evidence, reason and remedy must say."""

    scenario: str
    step: str
    seen: tuple[str, ...]
    why: tuple[str, ...]
    remedy: tuple[str, ...]
    variant_of: str = ""
    status: str = "fail"
    until: str = "first-password"

    @property
    def code(self) -> str:
        return self.variant_of or self.scenario


NETWORK = ("network people",)
USER = "CXAudienceIntegrationacmeretail"
SETTINGS = "integration-settings"
KEY_PAIR = ("Select or generate key",)
ANOTHER_PAIR = ("Generate a key pair under another name",)

TRAPS = (
    # The two that wait for a time-out come first, so that the others run beside them.
    Trap(
        "service-fault-timeout",
        "first-password",
        ("no answer in time",),
        ("has answered before",),
        ("is kept",),
        "service-fault",
        "unknown",
    ),
    Trap(
        "host-unreachable-timeout",
        "account",
        ("no answer in time",),
        ("firewall",),
        NETWORK,
        "host-unreachable",
        until="account",
    ),
    Trap("host-unreachable", "account", ("does not resolve",), ("(DNS)",), NETWORK, until="account"),
    Trap(
        "host-unreachable-dns",
        "account",
        ("login5.responsys.invalid",),
        ("(DNS)",),
        NETWORK,
        "host-unreachable",
        until="account",
    ),
    Trap(
        "host-unreachable-refused",
        "account",
        ("connection was refused",),
        ("refuses connections on this port",),
        ("firewall or proxy",),
        "host-unreachable",
        until="account",
    ),
    Trap(
        "host-unreachable-tls",
        "account",
        ("certificate: self-signed",),
        ("(TLS)", "Nothing secret was sent"),
        ("never switched off",),
        "host-unreachable",
        until="account",
    ),
    Trap(
        "identity-cloud-account",
        "account",
        ("Oracle Identity Cloud",),
        ("Add user page",),
        ("identity administrator",),
        until="account",
    ),
    Trap(
        "account-name-mismatch",
        "first-password",
        ('"acmeretail" was found', '"Acme Retail" was entered'),
        ("letter by letter", "display name"),
        ('Use "acmeretail"',),
    ),
    Trap(
        "account-name-mismatch-case",
        "first-password",
        ('"Acmeretail" was entered',),
        ("another case",),
        ('Use "acmeretail"',),
        "account-name-mismatch",
    ),
    Trap(
        "wrong-login-host",
        "first-password",
        ("400 INVALID_USER_NAME_PASSWORD", USER),
        ("another pod", "1 refused login counted"),
        ("https://login2.responsys.net", "https://login.rsys9.net", "Account configuration"),
    ),
    Trap(
        "temporary-password",
        "first-password",
        ("400 INVALID_USER_NAME_PASSWORD", "The host is right"),
        ("temporary one of the mail", "1 refused login counted", "at 2 this program stops", "5 in a row lock"),
        ("Open the mail", "ui.authentication.login.browserLoginNotAllowed", "Reset password"),
    ),
    Trap(
        "password-expired",
        "first-password",
        ("401 PASSWORD_EXPIRED",),
        ("has expired",),
        ("Account Administrator", "Reset password", "rotation"),
    ),
    Trap(
        "password-locked",
        "first-password",
        ("401 PASSWORD_LOCKOUT",),
        ("60 minutes", "Nothing here tries again by itself"),
        ("Account Administrator unlock",),
    ),
    Trap("password-characters", "first-password", ("+ & %", "No login was tried"), ("form field",), ("without + & %",)),
    Trap(
        "api-disabled",
        "first-password",
        ("401 API_DISABLED_FOR_USER",),
        ("suspended",),
        ("User status is Active", "Oracle Support"),
    ),
    Trap(
        "api-disabled-suspended",
        "first-password",
        ("401 API_DISABLED_FOR_USER",),
        ("suspended",),
        ("User status is Active",),
        "api-disabled",
    ),
    Trap(
        "ip-restricted",
        "first-password",
        ("IP_ADDRESS_NOT_ALLOWED",),
        ("certain networks only", "CX Audience"),
        ("View login IP restrictions", "Oracle Support"),
    ),
    Trap(
        "throttled",
        "first-password",
        ("API_LIMIT_EXCEEDED",),
        ("starts anew each minute",),
        ("Wait for a minute",),
        status="unknown",
    ),
    Trap("service-fault", "first-password", ("503: an HTML page",), ("Oracle's side",), ("is kept",), status="unknown"),
    Trap(
        "service-fault-500",
        "first-password",
        ("500: UNEXPECTED_EXCEPTION",),
        ("Oracle's side",),
        ("is kept",),
        "service-fault",
        "unknown",
    ),
    Trap(
        "service-fault-cut",
        "first-password",
        ("the connection was cut",),
        ("cut in the middle",),
        ("is kept",),
        "service-fault",
        "unknown",
    ),
    Trap(
        "missing-list-role",
        "role-assignment",
        ("INSUFFICIENT_ACCESS", "profile lists"),
        ("lacks the role List Web Services Manager",),
        ("tick List Web Services Manager",),
    ),
    Trap(
        "missing-table-role",
        "role-assignment",
        ("INSUFFICIENT_ACCESS", "supplemental tables"),
        ("lacks the role Table Web Services Manager",),
        ("tick Table Web Services Manager",),
    ),
    Trap(
        "extra-role",
        "role-assignment",
        ("Campaign Web Services Manager",),
        ("two roles and no other",),
        ("untick Campaign Web Services Manager",),
    ),
    Trap(
        "organization-not-root",
        "organization-assignment",
        ("cannot see them: CUSTOMERS",),
        ("would miss lists",),
        ("select Root",),
    ),
    Trap(
        "user-email-mismatch",
        "first-password",
        ('"crm.team@acmeretail.example" was found', '"jordan.rivera@acmeretail.example" was entered'),
        ("password reset",),
        ("or correct it there",),
    ),
    Trap("user-locale", "first-password", ("User locale: de",), ("never opens the interface",), ("to English",)),
    Trap(
        "integration-not-enabled",
        SETTINGS,
        ("not ticked, or not saved",),
        ("cannot save its own side",),
        ("Account > CX Audience settings", "step 7"),
        until=SETTINGS,
    ),
    Trap(
        "list-missing",
        SETTINGS,
        ('no list "CUSTOMER_PROFILES"', "nearest names are Customer_Profiles"),
        ("upper and lower case",),
        ("Choose a list",),
        until=SETTINGS,
    ),
    Trap(
        "match-column-absent",
        SETTINGS,
        ("CUSTOMER_PROFILES in CX Audience has no column CUSTOMER_ID_",),
        ("belong together",),
        ("EMAIL_ADDRESS_, MOBILE_NUMBER_",),
        until=SETTINGS,
    ),
    Trap(
        "match-column-empty",
        SETTINGS,
        ("sample of 10", "80% empty"),
        ("matched to nobody",),
        ("EMAIL_ADDRESS_ (",),
        until=SETTINGS,
    ),
    Trap(
        "match-column-empty-repeated",
        SETTINGS,
        ("sample of 10", "80% repeated"),
        ("taken for one person",),
        ("EMAIL_ADDRESS_ (",),
        "match-column-empty",
        until=SETTINGS,
    ),
    Trap(
        "column-type-mismatch",
        SETTINGS,
        ("LIFETIME_VALUE is NUMBER in Responsys and STR25", "LOYALTY_TIER is STR25 in Responsys and STR4"),
        ("silently stay empty",),
        ("Change Schema",),
        until=SETTINGS,
    ),
    Trap(
        "insert-irreversible",
        "record-handling",
        ("answered with Yes, and not confirmed",),
        ("only Oracle Support",),
        ("Yes, this cannot be undone",),
        until="record-handling",
    ),
    Trap(
        "insert-irreversible-saved",
        "record-handling",
        ("saved as Yes, answered here as No",),
        ("only Oracle Support",),
        ("Ask Oracle Support",),
        "insert-irreversible",
        until="record-handling",
    ),
    Trap(
        "private-key-file",
        "generate-key",
        ("agency-secret.asc holds a private key",),
        ("never be uploaded anywhere",),
        ("press Download",),
        until="generate-key",
    ),
    Trap("not-a-key-file", "generate-key", ("HTML page",), ("public key",), KEY_PAIR, until="generate-key"),
    Trap(
        "not-a-key-file-empty",
        "generate-key",
        ("empty file",),
        ("public key",),
        KEY_PAIR,
        "not-a-key-file",
        until="generate-key",
    ),
    Trap(
        "not-a-key-file-ssh",
        "generate-key",
        ("SSH public key",),
        ("public key",),
        KEY_PAIR,
        "not-a-key-file",
        until="generate-key",
    ),
    Trap(
        "not-a-key-file-truncated",
        "generate-key",
        ("truncated armour",),
        ("public key",),
        KEY_PAIR,
        "not-a-key-file",
        until="generate-key",
    ),
    Trap("key-expired", "generate-key", ("expired on 20",), ("no longer",), ANOTHER_PAIR, until="generate-key"),
    Trap(
        "key-expired-soon",
        "generate-key",
        ("expires on 20", "days"),
        ("would fail from that day on",),
        ANOTHER_PAIR,
        "key-expired",
        until="generate-key",
    ),
    Trap(
        "key-expired-revoked",
        "generate-key",
        ("has been revoked",),
        ("encrypted to it any more",),
        ANOTHER_PAIR,
        "key-expired",
        until="generate-key",
    ),
    Trap(
        "key-cannot-encrypt",
        "generate-key",
        ("can sign, but no part of it can encrypt",),
        ("could not encrypt",),
        ("encryption subkey",),
        until="generate-key",
    ),
    Trap("key-weak", "generate-key", ("RSA with 1024 bit",), ("personal data",), ANOTHER_PAIR, until="generate-key"),
    Trap(
        "key-announces-aead",
        "generate-key",
        ("AEAD (OCB)",),
        ("cannot open",),
        ("no-aead",),
        until="generate-key",
    ),
    Trap(
        "key-mismatch",
        "import-key",
        ("now holds the key", "step 10 saw"),
        ("no file could be read",),
        ("Download the public key of step 10 again",),
        until="import-key",
    ),
)
INVISIBLE = "token-expired"
NOBODY_CAN_MEND = {"identity-cloud-account"}


EXACT = {"host-unreachable-tls": ("certificate-self-signed",)}
"""Codes that stand beside that of the trap and say more exactly what it is."""


@pytest.fixture(scope="module")
def rehearsals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Ended]]]:
    """Start all rehearsals, one more at once than there are processors, for some only wait."""
    home = tmp_path_factory.mktemp("home")

    def rehearse(trap: Trap) -> Ended:
        people = ("--people", "60", "--until", trap.until)
        return cxr_tui("rehearse", *people, "--scenario", trap.scenario, "--json", home=home, limit=240)

    with ThreadPoolExecutor(max_workers=min((os.cpu_count() or 1) + 1, 4)) as pool:
        yield {trap.scenario: pool.submit(rehearse, trap) for trap in TRAPS}


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.scenario)
def test_a_trap_is_named_at_its_step_and_nothing_else_is_wrong(
    rehearsals: dict[str, Future[Ended]], trap: Trap
) -> None:
    ended = rehearsals[trap.scenario].result()
    assert ended.code == 1, ended.err[-2000:]
    steps = {step["id"]: step for step in ended.document["steps"]}
    named = [one for one in steps[trap.step]["findings"] if (one["code"], one["status"]) == (trap.code, trap.status)]
    assert named
    for part in ("seen", "why", "remedy"):
        for words in getattr(trap, part):
            assert words in named[0][part]
    others = {
        (step["id"], one["code"])
        for step in ended.document["steps"]
        for one in step["findings"]
        if one["status"] == "fail" and one["code"] not in (trap.code, *EXACT.get(trap.scenario, ()))
    }
    assert others == set()
    elsewhere = {step["id"] for step in steps.values() for one in step["findings"] if one["code"] == trap.code} - {
        trap.step
    }
    assert elsewhere == set()


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.scenario)
def test_what_can_be_mended_is_mended_and_the_rehearsal_goes_on(
    rehearsals: dict[str, Future[Ended]], trap: Trap
) -> None:
    steps = {step["id"]: step["state"] for step in rehearsals[trap.scenario].result().document["steps"]}
    due = [steps[step.id] for step in GUIDE.steps[: GUIDE.number(trap.until)]]
    assert all(state in ("proven", "attested") for state in due) != (trap.scenario in NOBODY_CAN_MEND)


def test_a_throttled_login_waits_by_itself_and_says_for_how_long(rehearsals: dict[str, Future[Ended]]) -> None:
    waits = [line for line in rehearsals["throttled"].result().err.splitlines() if "again in" in line]
    assert len(waits) >= 2
    assert all(line.startswith("The account's limit of calls is reached; again in ") for line in waits)


def test_a_token_that_dies_between_two_calls_costs_one_login_and_nobody_sees_it(tmp_path: Path) -> None:
    logins = []
    for planted in ((), ("--scenario", INVISIBLE)):
        home = tmp_path / str(len(planted))
        home.mkdir()
        (home / "answers.toml").write_text("")
        with sandbox_up(home / "sandbox", "--people", "60", *planted) as told:
            applied = cxr_tui(
                "--at", told["dir"], "apply", str(home / "answers.toml"), "--until", SETTINGS, "--json", home=home
            )
            assert applied.code == 0, applied.err[-2000:]
            found = [one for step in applied.document["steps"] for one in step["findings"]]
            assert [one for one in found if one["status"] != "pass"] == []
            state = httpx.get(f"{told['desk']}/state", headers={"X-Desk-Token": told["desk_token"]}).json()
            logins.append(state["responsys"]["users"][USER]["tokens"])
    assert logins == [1, 2]


def test_every_trap_of_the_table_can_be_planted() -> None:
    rows = {trap.code for trap in TRAPS} | {INVISIBLE}
    assert {trap.scenario for trap in TRAPS} | rows <= set(scenario_codes())
    assert len(rows) == 32
