"""Forms of the twins' screens: each kind of label takes its kind of value, offers its choices and hides passwords."""

from __future__ import annotations

import pytest

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.shared.forms import Form
from cxr_tui.sandbox.shared.screens import PageError, PageVisit

LISTS = {"CUSTOMERS": 1}
FORM = Form(
    {"Name": "", "Days": "1", "Box": False, "Roles": [], "Mapping": {}, "Password": None, "List": ""},
    {"Roles": ("A", "B"), "List": LISTS},
    {"Name": lambda text: "" if text else "enter a name"},
)


def visit(**entries: object) -> PageVisit:
    return PageVisit(("Page",), dict(entries))


def test_each_kind_is_read_as_what_it_holds_at_first() -> None:
    entered = FORM.read(
        visit(
            Name=" x ", Days=3, Box=True, Roles=["B", "A", "B"], Mapping={" a": "A "}, Password=" p", List="CUSTOMERS"
        )
    )
    assert entered == {
        "Name": "x",
        "Days": "3",
        "Box": True,
        "Roles": ["A", "B"],
        "Mapping": {"a": "A"},
        "Password": Secret(" p"),
        "List": "CUSTOMERS",
    }
    assert FORM.shown(entered) == {label: value for label, value in entered.items() if label != "Password"}
    assert FORM.shown({}) == {"Name": "", "Days": "1", "Box": False, "Roles": [], "Mapping": {}, "List": ""}


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("Name", True),
        ("Days", ["1"]),
        ("Box", "yes"),
        ("Roles", "A"),
        ("Roles", ["A", "C"]),
        ("Mapping", "a"),
        ("List", "X"),
    ],
)
def test_a_value_that_a_label_cannot_take_is_refused_by_its_label(label: str, value: object) -> None:
    with pytest.raises(PageError, match=f"^{label}: "):
        FORM.read(visit(**{label: value}))


def test_choices_are_those_of_the_moment_and_the_first_value_can_come_back() -> None:
    assert FORM.read(visit(List="")) == {"List": ""}
    LISTS["NEW"] = 2
    try:
        assert FORM.read(visit(List="NEW")) == {"List": "NEW"}
    finally:
        del LISTS["NEW"]


def test_only_values_that_were_given_are_checked() -> None:
    FORM.require({"Days": ""})
    with pytest.raises(PageError, match=r"^Name: enter a name$"):
        FORM.require({"Name": ""})
