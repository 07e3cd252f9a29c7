"""Faults of the integration user: its roles, its organization, what is typed into its form."""

from __future__ import annotations

from cxr_tui.sandbox.scenarios.hand import entering, with_line, without_line
from cxr_tui.sandbox.scenarios.plant import Planting, scenario

_ADD_USER = ("Account", "User identity management", "Add user")
_ROLES = "Functional roles"


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
