"""One widget per kind of field; the form asks only for `kind_of`."""

from __future__ import annotations

from cxr_tui.guide.definition import Kind
from cxr_tui.integration.form import FieldView
from cxr_tui.tui.fields.base import CarriedField, FieldWidget
from cxr_tui.tui.fields.choice import CheckboxField, ChecklistField, ChoiceField
from cxr_tui.tui.fields.lines import LinesField, MappingField
from cxr_tui.tui.fields.secret import SecretField
from cxr_tui.tui.fields.text import (
    ConfirmField,
    DateField,
    FileField,
    NumberField,
    SuggestedField,
    TextField,
    TimeField,
)

_WIDGETS: dict[Kind, type[FieldWidget]] = {
    Kind.TEXT: TextField,
    Kind.NUMBER: NumberField,
    Kind.CHOICE: ChoiceField,
    Kind.CHECKLIST: ChecklistField,
    Kind.CHECKBOX: CheckboxField,
    Kind.CONFIRM: ConfirmField,
    Kind.DATE: DateField,
    Kind.TIME: TimeField,
    Kind.FILE: FileField,
    Kind.SECRET: SecretField,
    Kind.LINES: LinesField,
    Kind.MAPPING: MappingField,
}


def kind_of(view: FieldView) -> type[FieldWidget]:
    """Return the widget class for a field as it stands now.

    Choices can be unknown, such as the lists of an account that nothing may read; then the value is typed.
    """
    if view.field.origin:
        return CarriedField
    if view.field.kind is Kind.CHOICE and not view.choices:
        return TextField
    if view.field.kind is Kind.CHECKLIST and not view.choices:
        return LinesField
    if view.field.kind is Kind.TEXT and view.choices:
        return SuggestedField
    return _WIDGETS[view.field.kind]
