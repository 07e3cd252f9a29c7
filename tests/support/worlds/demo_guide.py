"""A guide of five demo steps with every kind of field, over the real setup and journal, to test the wizard quickly."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from cxr_tui.domain.answers import Value
from cxr_tui.domain.finding import Fix, Outcome, Waiting
from cxr_tui.domain.instruction import SecretRef, Shown, Site, Visit, VisitRefusedError
from cxr_tui.domain.ports import Credentials
from cxr_tui.domain.secret import Secret
from cxr_tui.guide.definition import Check, Choice, Fact, Field, Guide, Kind, Note, Part, Product, Step
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.store import Journal
from support.worlds.toy_guide import MemoryCredentials

ROLES = ("List Web Services Manager", "Table Web Services Manager", "Campaign Manager", "Content Manager")


class DemoOperator:
    """An operator that shows what was entered, after a moment, and can be told to refuse."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.refuses = ""
        self.gate = asyncio.Event()
        self.gate.set()

    async def perform(self, visit: Visit, seen: Mapping[str, Value | Secret], credentials: Credentials) -> Shown:
        self.visits.append(visit)
        await self.gate.wait()
        if self.refuses:
            raise VisitRefusedError(visit, self.refuses)
        return Shown(dict.fromkeys(visit.brings, "Completed"))

    async def look(self, site: Site, path: Sequence[str]) -> Mapping[str, Value]:
        return {}


class Dials:
    """What the demo checks find; a test turns them."""

    def __init__(self) -> None:
        self.host = asyncio.Event()
        self.host.set()
        self.hostile = ""
        self.renamed = False
        self.refused = False
        self.checked: list[str] = []


def demo_guide(dials: Dials) -> Guide:
    """Return five steps: rule and fix, roles and instruction, secret, waiting, every other kind."""

    async def check_account(c: Check) -> Outcome:
        dials.checked.append("account")
        c.progress("Asking login5.responsys.net")
        await dials.host.wait()
        name = c.known.text("account.account_name")
        if name != "acmeretail" or dials.renamed:
            c.report.fail(
                "account-name-mismatch",
                f'The account name typed is "{name}"; Responsys says "acmeretail". {dials.hostile}'.strip(),
                "CX Audience compares the two exactly and would refuse the integration.",
                "Account ▸ Account name shows it. Use acmeretail.",
                Fix('Use the exact name "acmeretail"', {"account.account_name": "acmeretail"}),
            )
        c.report.passed("host-answers", "login5.responsys.net answers over TLS in 0.2 s")
        c.report.learn("url", "https://login5.responsys.net")
        return c.report.verified()

    async def check_user(c: Check) -> Outcome:
        roles = c.known.lines("add-user.roles")
        if "Campaign Manager" in roles:
            c.report.warn("extra-role", "Campaign Manager is given too", "More than needed.", "Take it back.")
        return c.report.confirmable()

    async def check_password(c: Check) -> Outcome:
        dials.checked.append("first-password")
        if dials.refused:
            c.report.fail("temporary-password", "Responsys refused the login", "It is not the right one", "Enter it")
            return c.report.verified()
        c.report.passed("login", "Responsys lets CXAudienceIntegrationacmeretail in")
        c.report.passed("user-email", "The address is the one of step 2")
        c.report.learn("created", "2026-11-24")
        return c.report.verified()

    async def check_key(c: Check) -> Outcome:
        if c.known.text("ssh2-key.status") != "Completed":
            return c.report.waiting(Waiting("Oracle", "2 to 10 working days"))
        c.report.passed("key-there", "The key is registered")
        return c.report.verified()

    async def check_all(c: Check) -> Outcome:
        c.report.passed("all", "Everything is in order")
        return c.report.verified()

    return Guide(
        (
            Step(
                "account",
                "Your two accounts",
                Part.PREPARE,
                Product.NONE,
                "Name the two accounts that this integration joins, and where each of them is reached.",
                check_account,
                (
                    Field(
                        "account_name",
                        "Account name",
                        help="The exact name, as the Account page shows it. Capitals and blanks count.",
                        source="Integrating with Responsys, step 4 (documented)",
                        rule=lambda value, _: (
                            "A name holds no blanks; use the one on the Account page." if " " in str(value) else None
                        ),
                    ),
                    Field(
                        "login_host",
                        "Login host",
                        Kind.CHOICE,
                        help="The address of the sign-in page tells it.",
                        default=lambda _: "interact5",
                        choices=lambda _: tuple(
                            Choice(name, name, hint)
                            for name, hint in (
                                ("interact2", "login2.responsys.net"),
                                ("interact5", "login5.responsys.net"),
                                ("interact8", "login8.responsys.net"),
                                ("other", "another address"),
                            )
                        ),
                    ),
                    Field(
                        "login_url",
                        "Login URL",
                        shown=lambda known: known.text("account.login_host") == "other",
                    ),
                ),
                facts=(Fact("url", "Login URL that answers"),),
                notes=(
                    Note("Nothing is changed in either product before step 2."),
                    Note("The account name cannot be guessed from the sign-in page.", warning=True),
                ),
            ),
            Step(
                "add-user",
                "Add user",
                Part.RESPONSYS,
                Product.RESPONSYS,
                "Make the user that CX Audience logs in with. It never opens the interface.",
                check_user,
                (
                    Field("login_name", "Login name", default=lambda k: "CXAudience" + k.text("account.account_name")),
                    Field("email", "Email address", default=lambda _: "cx@acme.example"),
                    Field(
                        "status",
                        "User status",
                        Kind.CHOICE,
                        default=lambda _: "Active",
                        choices=lambda _: (Choice("Active", "Active"), Choice("Suspended", "Suspended")),
                    ),
                    Field(
                        "roles",
                        "Functional roles",
                        Kind.CHECKLIST,
                        default=lambda _: list(ROLES[:2]),
                        choices=lambda _: tuple(Choice(role, role) for role in ROLES),
                    ),
                    Field("scope", "Can create Programs without Org. Scope", Kind.CHECKBOX, default=lambda _: False),
                ),
                visits=lambda known: (
                    Visit(
                        Site.RESPONSYS,
                        ("Account", "User identity management", "Add user"),
                        {
                            "Login name": known.text("add-user.login_name"),
                            "Email address": known.text("add-user.email"),
                            "User status": known.text("add-user.status"),
                        },
                        note="Leave every other box as it is.",
                    ),
                    Visit(
                        Site.RESPONSYS,
                        ("Account", "User identity management", "Add user", "Role Assignment"),
                        {"Functional roles": known.lines("add-user.roles")},
                        ("Create",),
                    ),
                ),
                rests_on=("account.account_name",),
                verified_by="",
            ),
            Step(
                "first-password",
                "First password",
                Part.RESPONSYS,
                Product.RESPONSYS,
                "Replace the temporary password from the welcome mail.",
                check_password,
                (
                    Field("login_name", "User name", origin="add-user.login_name"),
                    Field(
                        "new_password",
                        "New password",
                        Kind.SECRET,
                        item="responsys-password",
                        rule=lambda value, _: "Use at least 8 characters." if len(str(value)) < 8 else None,
                    ),
                ),
                visits=lambda known: (
                    Visit(
                        Site.RESPONSYS,
                        ("Change password",),
                        {
                            "User name": known.text("add-user.login_name"),
                            "New password": SecretRef("responsys-password"),
                        },
                        ("Change password",),
                    ),
                ),
                facts=(Fact("created", "User created"),),
                rests_on=("add-user.login_name",),
            ),
            Step(
                "ssh2-key",
                "SSH2 key",
                Part.IMPORT,
                Product.BOTH,
                "Let CX Audience fetch files from the Responsys file server.",
                check_key,
                (Field("status", "Status", brought=True),),
                visits=lambda _: (
                    Visit(Site.RESPONSYS, ("Account", "SSH2 Keys management"), brings={"cxaudience": "status"}),
                ),
                usual_wait="2 to 10 working days",
            ),
            Step(
                "go-live",
                "Everything, once more",
                Part.LIVE,
                Product.BOTH,
                "Everything is checked again.",
                check_all,
                (
                    Field("day", "First day", Kind.DATE, default=lambda _: "2026-11-30"),
                    Field("time", "Time", Kind.TIME, default=lambda _: "02:15"),
                    Field("every", "Every _ days", Kind.NUMBER, default=lambda _: 1),
                    Field("file", "Report file", Kind.FILE, optional=True),
                    Field("members", "Known members", Kind.LINES, optional=True),
                    Field("mapping", "Column mapping", Kind.MAPPING, default=lambda _: {"EMAIL": "EMAIL_ADDRESS_"}),
                    Field("sure", "Saved", Kind.CONFIRM, phrase="I cannot undo this"),
                ),
            ),
        )
    )


def open_demo(home: Path, *, operator: DemoOperator | None = None, dials: Dials | None = None) -> Integration:
    """Open a setup on the demo guide with its journal in `home`."""
    return Integration(
        demo_guide(dials or Dials()), Journal(home / "journal.db"), MemoryCredentials(), operator, "acme"
    )
