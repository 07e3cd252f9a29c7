"""Forms of the twins' screens: each kind of label takes its kind of value, offers its choices and hides passwords."""

from __future__ import annotations

import pytest

from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.shared.screens import NO_FILE, Form, PageError, Upload

LISTS = {"CUSTOMERS": 1}
FORM = Form(
    {"Name": "", "Days": "1", "Box": False, "Roles": [], "Mapping": {}, "Password": None, "List": "", "File": NO_FILE},
    {"Roles": ("A", "B"), "List": LISTS},
)


def read(**entries: object) -> dict[str, object]:
    return {label: FORM.read(label, value) for label, value in entries.items()}


def test_each_kind_is_read_as_what_it_holds_at_first() -> None:
    file = Upload("a", b"b")
    entered = read(
        Name=" x ", Days=3, Box=True, Roles=["B", "A"], Mapping={"a": "A"}, Password=" p", List="CUSTOMERS", File=file
    )
    assert entered == {
        "Name": "x",
        "Days": "3",
        "Box": True,
        "Roles": ["B", "A"],
        "Mapping": {"a": "A"},
        "Password": Secret(" p"),
        "List": "CUSTOMERS",
        "File": file,
    }
    assert FORM.shown(entered) == {label: value for label, value in entered.items() if label != "Password"}
    assert FORM.shown({}) == {
        "Name": "",
        "Days": "1",
        "Box": False,
        "Roles": [],
        "Mapping": {},
        "List": "",
        "File": NO_FILE,
    }


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
        ("File", "name"),
    ],
)
def test_a_value_that_a_label_cannot_take_is_refused_by_its_label(label: str, value: object) -> None:
    with pytest.raises(PageError, match=f"^{label}: "):
        FORM.read(label, value)


def test_choices_are_those_of_the_moment_and_the_first_value_can_come_back() -> None:
    assert FORM.read("List", "") == ""
    LISTS["NEW"] = 2
    try:
        assert FORM.read("List", "NEW") == "NEW"
    finally:
        del LISTS["NEW"]
