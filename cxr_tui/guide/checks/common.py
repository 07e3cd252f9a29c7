"""How errors become findings, for all steps; the catalog has what they mean."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import TypeVar

from cxr_tui.domain.errors import (
    LoginBudgetSpentError,
    LoginRefusedError,
    NothingStoredError,
    OutsideError,
    StoreUnusableError,
)
from cxr_tui.domain.finding import Report, Status
from cxr_tui.domain.login_endings import Result, result_of
from cxr_tui.domain.ports import Responsys
from cxr_tui.guide.catalog.errors import budget_left, cause_of
from cxr_tui.guide.catalog.explanation import causes
from cxr_tui.guide.definition import Check, Product

Seen = TypeVar("Seen")

RESPONSYS_PASSWORD = "responsys-password"  # nosec B105  # noqa: S105 - the name of the keyring item
AUDIENCE_API_PASSWORD = "audience-api-password"  # nosec B105  # noqa: S105 - the name of the keyring item
CONNECT_API_PASSWORD = "connect-api-password"  # nosec B105  # noqa: S105 - the name of the keyring item
FILE_SERVER_PASSPHRASE = "file-server-passphrase"  # nosec B105  # noqa: S105 - the name of the keyring item

ASKED_AT: Mapping[str, str] = {
    RESPONSYS_PASSWORD: "first-password",
    AUDIENCE_API_PASSWORD: "account",
    CONNECT_API_PASSWORD: "account",
    FILE_SERVER_PASSPHRASE: "destination-connectivity",
}
"""Id of the step that asks for a secret, by keyring item."""


def report_error(
    report: Report,
    error: OutsideError,
    doing: str,
    *,
    product: Product = Product.RESPONSYS,
    first_contact: bool = False,
    optional: Status | None = None,
) -> None:
    """Add the finding of an outside error, and that of its flaw where it has one.

    `doing` names what was tried, such as `Reading the profile lists`. A timeout at the first contact with a host needs
    fixing (a firewall); later it is temporary. Something optional, such as a second API user, never fails: it has the
    status `optional`, which is unknown where its evidence is missing, else a warning.
    """
    cause = cause_of(error, product, first_contact=first_contact)
    if optional is not None:
        cause = cause._replace(status=optional)
    seen = f"{doing}: {error}" if doing else str(error)
    why = " ".join(part for part in (cause.why, budget_left(error)) if part)
    at = "" if optional is not None else cause.at or (_asked_at(error) if cause.status is Status.FAIL else "")
    stops = optional is None and cause.status is Status.FAIL and password_refused(error)
    report.add(replace(cause.finding(seen, why, at=at), hard_stop=stops))
    add_exact(report, error, cause.code, optional)


async def look(
    c: Check,
    doing: str,
    call: Awaitable[Seen],
    *,
    product: Product = Product.RESPONSYS,
    optional: Status | None = Status.UNKNOWN,
) -> Seen | None:
    """Show `doing` and return the result of the call; None where it fails, which is reported."""
    c.progress(doing)
    try:
        return await call
    except OutsideError as error:
        report_error(c.report, error, doing, product=product, optional=optional)
        return None


def password_refused(error: OutsideError) -> bool:
    """Return whether Responsys refused the integration user's password: going on would only lock the user."""
    match error:
        case LoginRefusedError():
            refused = result_of(error) in (Result.REFUSED, Result.EXPIRED, Result.LOCKED)
        case LoginBudgetSpentError():
            refused = error.refusals > 0
        case _:
            return False
    return refused and error.item.partition(".")[0] == RESPONSYS_PASSWORD


def add_exact(report: Report, error: OutsideError, code: str, optional: Status | None = None) -> None:
    """Add the finding of an error's flaw where it has one that is more exact than `code`."""
    if error.flaw is not None and error.flaw.value != code:
        exact = causes()[f"flaw.{error.flaw}"]
        report.add(exact._replace(status=optional or exact.status).finding(str(error), within=code))


def _asked_at(error: OutsideError) -> str:
    """Return the step that asks for the secret of an error; nothing for other errors."""
    match error:
        case LoginRefusedError() | LoginBudgetSpentError() | NothingStoredError():
            return ASKED_AT.get(error.item.partition(".")[0], "")
        case _:
            return ""


async def integration_user(c: Check) -> Responsys | None:
    """Return Responsys as the integration user, None while its password is not stored.

    The step is then only confirmed, and verified later. A keyring that cannot be used does not count as empty: the
    first call reports what is wrong with it.
    """
    try:
        stored = await c.world.credentials.has(RESPONSYS_PASSWORD)
    except StoreUnusableError:
        stored = True
    return c.world.responsys() if stored else None
