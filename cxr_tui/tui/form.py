"""The fields of one step, kept in place while the person types and the journal grows."""

from __future__ import annotations

from collections.abc import Mapping

from textual.containers import Vertical
from textual.widget import Widget

from cxr_tui.guide.step import Kind
from cxr_tui.model.secret import Secret
from cxr_tui.model.values import Value
from cxr_tui.setup.form import EMPTY, FieldView
from cxr_tui.tui.fields import kind_of, make_field
from cxr_tui.tui.fields.base import FieldWidget
from cxr_tui.tui.fields.carried import CarriedField
from cxr_tui.tui.fields.secret import SecretField


class Form(Vertical):
    """Field widgets in the guide's order."""

    def __init__(self) -> None:
        super().__init__(id="form")
        self._step_id = ""

    @property
    def fields(self) -> list[FieldWidget]:
        """The fields that are shown, in order."""
        return [child for child in self.children if isinstance(child, FieldWidget)]

    def field(self, name: str) -> FieldWidget | None:
        """Return the field of this name, None where it is not shown."""
        return next((one for one in self.fields if one.name_of_field == name), None)

    async def show(self, step_id: str, views: tuple[FieldView, ...], entered: Mapping[str, Value], store: str) -> None:
        """Show these fields; what stays is only brought up to date, so that typing is never disturbed."""
        if step_id != self._step_id:
            self._step_id = step_id
            await self.remove_children()
        wanted = {view.field.name: view for view in views}
        for one in self.fields:
            view = wanted.get(one.name_of_field)
            if view is None or kind_of(view) is not type(one):
                await one.remove()
        place: Widget | None = None
        for view in views:
            one_there = self.field(view.field.name)
            if one_there is None:
                one_there = make_field(view, store, edited=view.field.name in entered)
                await self.mount(one_there, before=0 if place is None and self.children else None, after=place)
            else:
                one_there.sync(view, entered)
            place = one_there
        self.display = bool(views)

    def values(self) -> dict[str, Value]:
        """Return what the fields hold, without carried values and secrets."""
        held: dict[str, Value] = {}
        for one in self.fields:
            if isinstance(one, CarriedField | SecretField):
                continue
            # What nobody touched goes back as it came: a control shows some characters in another form.
            value = one.read() if one.edited or one.view.value is None else one.view.value
            if value is not None:
                held[one.name_of_field] = value
        return held

    def secrets(self) -> dict[str, Secret]:
        """Return the secrets typed just now."""
        typed = {one.name_of_field: one.take() for one in self.fields if isinstance(one, SecretField)}
        return {name: secret for name, secret in typed.items() if secret is not None}

    def secrets_due(self) -> dict[str, Secret]:
        """Return the secrets typed just now, and an empty one for each that is needed and nowhere yet."""
        due = {
            one.name_of_field: Secret("")
            for one in self.fields
            if one.view.field.kind is Kind.SECRET and not one.view.field.optional and not one.view.stored
        }
        return due | self.secrets()

    def forget_secrets(self) -> None:
        """Empty the fields of secrets: the keyring has them now."""
        for one in self.fields:
            if isinstance(one, SecretField):
                one.forget()

    def complain(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong under each field, and nothing under the others."""
        for one in self.fields:
            one.hint.complain(problems.get(one.name_of_field, ""))

    def after(self, name: str) -> Widget | None:
        """Return the entrance that follows a field, None behind the last one."""
        names = [one.name_of_field for one in self.fields]
        rest = self.fields[names.index(name) + 1 :] if name in names else []
        return next((entrance for one in rest if (entrance := one.entrance) is not None), None)

    def first_open(self) -> Widget | None:
        """Return the entrance of the first field that a person has to fill, None where none is left."""
        if self.disabled:
            return None
        for one in self.fields:
            field = one.view.field
            given = one.view.value not in EMPTY or one.view.stored or one.edited
            if not (field.optional or field.origin or given):
                return one.entrance
        return None

    def of(self, widget: Widget | None) -> FieldWidget | None:
        """Return the field that a widget belongs to, None where it belongs to none."""
        chain = widget.ancestors_with_self if widget is not None else []
        return next((node for node in chain if isinstance(node, FieldWidget)), None)
