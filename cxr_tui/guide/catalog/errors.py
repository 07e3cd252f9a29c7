"""Which cause an error of an outside system has; `causes.toml` says what it means and what a person does about it.

`domain.login_endings` decides which answers to a login blame the password.
"""

from __future__ import annotations

import re

from cxr_tui.domain.errors import (
    LOCKING_REFUSALS,
    MOST_REFUSALS,
    Flaw,
    LoginBudgetSpentError,
    LoginRefusedError,
    LoginUnansweredError,
    NoAccessError,
    NotFoundError,
    OutsideError,
    Reach,
    RefusedError,
    ServiceFaultError,
    ThrottledError,
    UnreachableError,
)
from cxr_tui.domain.login_endings import Result, result_of
from cxr_tui.guide.catalog.explanation import Cause, causes
from cxr_tui.guide.definition import Product

UNREACHABLE = frozenset(
    {
        "host-unreachable",
        "login-unanswered",
        "service-busy",
        "service-fault",
        "throttled",
        Flaw.REDIRECTED.value,
        Flaw.SSH_TOO_OLD.value,
        Flaw.ANSWER_ENDLESS.value,
        Flaw.TLS_TOO_OLD.value,
    }
    | {flaw.value for flaw in Flaw if flaw.startswith("certificate-")}
)
"""Codes for systems that could not be reached: they take no evidence back and have their own exit code."""

OF_THE_USER = ("password-expired", "password-locked", "api-disabled")
"""Codes of refusals that only a user who exists can get."""


def cause_of(error: OutsideError, product: Product, *, first_contact: bool) -> Cause:
    """Return what an error of a product means."""
    match error:
        case OutsideError(flaw=Flaw()) if not isinstance(error, UnreachableError):
            name = f"flaw.{error.flaw}"
        case ServiceFaultError() if error.status < 500:
            name = "other.not-the-service"
        case LoginUnansweredError() | ThrottledError():
            name = _by_type(error)
        case LoginBudgetSpentError() if error.refusals < MOST_REFUSALS:
            name = "other.logins-unanswered"
        case UnreachableError(reach=Reach.TIMEOUT) if not first_contact:
            name = "other.answer-late"
        case UnreachableError():
            name = f"reach.{error.reach}"
        case LoginRefusedError() | NoAccessError(code="API_DISABLED_FOR_USER"):
            return login_cause(error, product)
        case NoAccessError(code="CONNECT_DISABLED_FOR_USER" | "INSUFFICIENT_ACCESS"):
            name = f"refused.{error.code}"
        case RefusedError() if error.passes:
            name = "other.service-busy"
        case RefusedError() if _names_address(error) and not isinstance(error, NotFoundError):
            name = "other.address-refused"
        case _:
            name = _by_type(error)
    return causes()[name]


def _by_type(error: OutsideError) -> str:
    """Return the section of the error's type, or of the nearest type above it."""
    return next(name for kind in type(error).__mro__ if (name := f"error.{kind.__name__}") in causes())


def budget_left(error: OutsideError) -> str:
    """Return how many refused logins count and how many are left; nothing for other errors."""
    counted = error.refusals if isinstance(error, LoginRefusedError) else 0
    if not counted:
        return "The wizard tries no further login on its own." if isinstance(error, LoginRefusedError) else ""
    seen = f"This was refused login {counted} with this password."
    if counted < MOST_REFUSALS:
        return f"{seen} The wizard stops after {MOST_REFUSALS}; {LOCKING_REFUSALS} in a row lock the user."
    return f"{seen} The wizard stops until you enter it again: {LOCKING_REFUSALS} in a row lock the user."


def login_cause(error: RefusedError, product: Product) -> Cause:
    """Return what a refused login means: `login-unclear` where the answer names no cause (facts A.5)."""
    by_audience = product is Product.AUDIENCE
    found = causes().get(f"login.{error.code}")
    if found is None and result_of(error) is Result.REFUSED:
        return causes()[f"other.login-refused{'-by-audience' if by_audience else ''}"]
    if found is None:
        return causes()["other.address-refused" if _names_address(error) else "other.login-unclear"]
    if by_audience and found.code in OF_THE_USER:
        return found._replace(
            why="CX Audience does not let this API user log in.",
            remedy="Have a CX Audience account administrator check the status of the user under Account, where Reset "
            "Password and Unlock Account are.",
            at="",
        )
    return found


def _names_address(error: RefusedError) -> bool:
    """Return whether a refusal is about the address of the caller."""
    # The code is documented for CX Audience only (facts A.5), so the words count as well.
    words = f"{error.code} {error.title} {error.detail}"
    return bool(re.search(r"(?<![A-Za-z])IP(?:[_ ]?(?:ADDRESS|RANGE))?(?![A-Za-z])", words))
