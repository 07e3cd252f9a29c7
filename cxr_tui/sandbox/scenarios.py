"""Faults to plant in a sandbox, by code, each the way it would really happen.

There are two ways: a change of the products' state before anybody comes (`Planting.world`), and a slip of the hand of
the operator, who leaves out or alters an entry on one screen (`Planting.slip`), so that the screen takes what a tired
person would have typed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from cxr_tui.sandbox.pages import Upload, path_fits

if TYPE_CHECKING:
    from cxr_tui.sandbox.assembly import Sandbox

Entries: TypeAlias = dict[str, Any]
Press: TypeAlias = tuple[str, ...]
Alteration: TypeAlias = Callable[[Entries, Press], tuple[Entries, Press]]


class UnknownScenarioError(ValueError):
    """A code that no scenario has; the text lists those there are."""

    def __init__(self, code: str) -> None:
        super().__init__(f"there is no scenario {code}; known are {', '.join(known_scenarios())}")
        self.code = code


@dataclass
class Slip:
    """One slip of the operator's hand on one screen; it happens once, so that doing it again puts it right."""

    site: str
    path: tuple[str, ...]
    """Click path, `*` for a part that varies."""
    alter: Alteration
    needs: tuple[str, ...] = ()
    """Only a visit that enters one of these labels, or presses one of these buttons, is worth the slip; none: any."""
    spent: bool = False

    def meets(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> bool:
        """Say whether this visit is the one at which it happens."""
        if self.spent or site != self.site or not path_fits(self.path, tuple(path)):
            return False
        return not self.needs or any(need in entries or need in press for need in self.needs)


@dataclass
class Slips:
    """All slips still to happen."""

    waiting: list[Slip] = field(default_factory=list)

    def apply(self, site: str, path: Sequence[str], entries: Entries, press: Press) -> tuple[Entries, Press]:
        """Return what really arrives at the screen."""
        for slip in self.waiting:
            if slip.meets(site, path, entries, press):
                slip.spent = True
                entries, press = slip.alter(dict(entries), press)
        return entries, press


@dataclass
class Planting:
    """What a scenario works with."""

    sandbox: Sandbox
    slips: Slips
    changes: list[Callable[[Sandbox], Awaitable[None]]] = field(default_factory=list)

    def world(self, change: Callable[[Sandbox], Awaitable[None]]) -> None:
        """Change the products' state before anybody comes."""
        self.changes.append(change)

    def slip(self, site: str, *path: str, alter: Alteration, needs: Sequence[str] = ()) -> None:
        """Let the operator's hand slip on a screen."""
        self.slips.waiting.append(Slip(site, path, alter, tuple(needs)))


Scenario: TypeAlias = Callable[[Planting], None]

_SCENARIOS: dict[str, Scenario] = {}


def scenario(code: str) -> Callable[[Scenario], Scenario]:
    """Register a function that plants the fault of this code."""

    def register(plant: Scenario) -> Scenario:
        _SCENARIOS[code] = plant
        return plant

    return register


def known_scenarios() -> tuple[str, ...]:
    """Return the codes of all scenarios in alphabetical order."""
    return tuple(sorted(_SCENARIOS))


def check_scenarios(codes: Iterable[str]) -> None:
    """Raise UnknownScenarioError for the first code that no scenario has."""
    for code in codes:
        if code not in _SCENARIOS:
            raise UnknownScenarioError(code)


async def plant(sandbox: Sandbox, codes: Sequence[str], slips: Slips) -> None:
    """Plant the faults of these codes; slips still to happen are added to `slips`. UnknownScenarioError."""
    check_scenarios(codes)
    planting = Planting(sandbox, slips)
    for code in dict.fromkeys(codes):
        _SCENARIOS[code](planting)
    for change in planting.changes:
        await change(sandbox)


def entering(label: str, value: object) -> Alteration:
    """Return the slip of entering another value under a label."""
    return lambda entries, press: (entries | {label: value}, press)


def leaving_out(label: str) -> Alteration:
    """Return the slip of not touching a field at all."""

    def alter(entries: Entries, press: Press) -> tuple[Entries, Press]:
        entries.pop(label, None)
        return entries, press

    return alter


def not_pressing(button: str) -> Alteration:
    """Return the slip of leaving a screen without pressing a button."""
    return lambda entries, press: (entries, tuple(one for one in press if one != button))


def without_line(label: str, line: str) -> Alteration:
    """Return the slip of missing one tick of a check list."""
    return lambda entries, press: (entries | {label: [one for one in entries[label] if one != line]}, press)


def with_line(label: str, line: str) -> Alteration:
    """Return the slip of one tick too many in a check list."""
    return lambda entries, press: (entries | {label: [*entries[label], line]}, press)


_ADD_USER = ("Account", "User identity management", "Add user")
_ROLES = "Functional roles"
_SPECIFICATION = ("Data", "Connect", "*", "Destination Specification")


@scenario("missing-list-role")
def _missing_list_role(planting: Planting) -> None:
    slip = without_line(_ROLES, "List Web Services Manager")
    planting.slip("responsys", *_ADD_USER, "Role Assignment", alter=slip, needs=(_ROLES,))


@scenario("missing-table-role")
def _missing_table_role(planting: Planting) -> None:
    slip = without_line(_ROLES, "Table Web Services Manager")
    planting.slip("responsys", *_ADD_USER, "Role Assignment", alter=slip, needs=(_ROLES,))


@scenario("extra-role")
def _extra_role(planting: Planting) -> None:
    slip = with_line(_ROLES, "Campaign Web Services Manager")
    planting.slip("responsys", *_ADD_USER, "Role Assignment", alter=slip, needs=(_ROLES,))


@scenario("organization-not-root")
def _organization_not_root(planting: Planting) -> None:
    slip = entering("Organization", "Root/Outlet")
    planting.slip("responsys", *_ADD_USER, "Organization Assignment", alter=slip, needs=("Organization",))


@scenario("user-locale")
def _user_locale(planting: Planting) -> None:
    planting.slip("responsys", *_ADD_USER, alter=entering("User locale", "German"), needs=("User locale",))


@scenario("temporary-password")
def _temporary_password(planting: Planting) -> None:
    """Somebody reads the mail, opens the link and leaves the page without a new password."""
    button = "Change password"
    planting.slip("responsys", "Change password", alter=not_pressing(button), needs=(button,))


@scenario("identity-cloud-account")
def _identity_cloud_account(planting: Planting) -> None:
    async def move_users(sandbox: Sandbox) -> None:
        sandbox.responsys.account.identity_cloud = True

    planting.world(move_users)


@scenario("integration-not-enabled")
def _integration_not_enabled(planting: Planting) -> None:
    label = "Enable Responsys and CX Audience Integration"
    slip = entering(label, False)
    planting.slip("responsys", "Account", "CX Audience settings", alter=slip, needs=(label,))


@scenario("list-empty")
def _list_empty(planting: Planting) -> None:
    async def empty(sandbox: Sandbox) -> None:
        customers = sandbox.population.customers
        for record in customers.rows():
            customers.delete(record["RIID_"])

    planting.world(empty)


@scenario("header-off")
def _header_off(planting: Planting) -> None:
    label = "Insert column header as first line"
    planting.slip("responsys", *_SPECIFICATION, alter=entering(label, False), needs=(label,))


@scenario("enclosure-on")
def _enclosure_on(planting: Planting) -> None:
    label = "Field enclosure"
    planting.slip("responsys", *_SPECIFICATION, alter=entering(label, '"'), needs=(label,))


@scenario("file-wrong-recipient")
def _file_wrong_recipient(planting: Planting) -> None:
    """Leave a key pair of an earlier attempt in both products, which then gets chosen for the export."""

    async def leave_old_key(sandbox: Sandbox) -> None:
        name, connect = "Earlier attempt", ("Data", "Connect", "Import Profile Data", "Source Specification")
        dialog = (*connect, "Select or generate key")
        entries = {"Name": name, "Email address": "agency@acmeretail.example"}
        await sandbox.audience.pages.visit(dialog, entries, ("Generate key pair",))
        shows = await sandbox.audience.pages.visit(dialog, {"Select key pair": name}, ("Download",))
        entries_there = {"New public key name": name, "Choose file": Upload(*shows.files["Downloaded key"])}
        await sandbox.responsys.pages.visit((*connect, "Select or import key"), entries_there, ("Import",))

    planting.world(leave_old_key)
    planting.slip("responsys", *_SPECIFICATION, alter=entering("Key", "Earlier attempt"), needs=("Key",))


@scenario("job-inactive")
def _job_inactive(planting: Planting) -> None:
    button = "Activate"
    path = ("Data", "Connect", "*", "Schedule")
    planting.slip("responsys", *path, alter=not_pressing(button), needs=(button,))


@scenario("audience-designer-off")
def _audience_designer_off(planting: Planting) -> None:
    """Support closes the request and forgets to switch the feature on."""

    async def overlook(sandbox: Sandbox) -> None:
        sandbox.portal.overlooked.add("Audience Designer")

    planting.world(overlook)
