"""The fields of one step, kept in place while the person types and the journal grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from cxr_tui.domain.answers import Value
from cxr_tui.domain.secret import Secret
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.tui.fields import kind_of, make_field
from cxr_tui.tui.fields.base import GUTTER, FieldWidget
from cxr_tui.tui.fields.secret import SecretField
from cxr_tui.tui.theme.breakpoints import step_width
from cxr_tui.tui.widgets.text_block import Drawn, heading

WIDEST_LABEL = 24
"""Cells of the column of labels at most."""

NARROWEST = 50
"""Width in cells from which labels are to the left of their controls."""


class FormHead(Drawn):
    """The heading of the fields: how many have a suggestion, how many are still empty."""

    text = ""

    def show(self, views: Sequence[FieldView], entered: Mapping[str, Value]) -> None:
        """Count again; takes no room where nothing is asked."""
        asked = [view for view in views if not view.field.origin]
        suggested = sum(view.source == "default" and view.field.name not in entered for view in asked)
        empty = sum(
            not view.field.optional and not view.stored and view.value in EMPTY and view.field.name not in entered
            for view in asked
        )
        parts = [f"{suggested} suggested" if suggested else "", f"{empty} to fill in" if empty else ""]
        text = ", ".join(part for part in parts if part)
        self.display = len(asked) > 1
        if text != self.text:
            self.text = text
            self.redraw()

    def draw(self, width: int) -> list[Content]:
        """Return the heading."""
        return [heading("Your entries", width, self.text)]


class Form(Vertical):
    """Field widgets in the guide's order."""

    def __init__(self) -> None:
        super().__init__(id="form")
        self.step_id = ""
        """The step whose fields are shown; empty while those of another step are being removed."""

    @property
    def fields(self) -> list[FieldWidget]:
        """The fields that are shown, in order."""
        return [child for child in self.children if isinstance(child, FieldWidget)]

    def field(self, name: str) -> FieldWidget | None:
        """Return the field of this name, None where it is not shown."""
        return next((one for one in self.fields if one.name_of_field == name), None)

    def on_resize(self) -> None:
        """Place the labels again."""
        self._place()

    def _place(self) -> None:
        """Give all labels one column, as wide as the longest needs; above the controls where there is no room."""
        width = (self.content_size.width or step_width(self.app.size.width) - 2) - 1
        labels = [one.label.text for one in self.fields]
        short = [cell_len(label) for label in labels if cell_len(label) <= WIDEST_LABEL]
        # A long label is wrapped into the column of the short ones, which is then no wider than these need.
        needed = max(
            [*short, *(WIDEST_LABEL * 2 // 3 for label in labels if cell_len(label) > WIDEST_LABEL)], default=0
        )
        column = min(needed, width * 2 // 5) + GUTTER + 1
        for one in self.fields:
            one.place(column if width >= NARROWEST else 0, width)

    async def show(self, step_id: str, views: tuple[FieldView, ...], entered: Mapping[str, Value], store: str) -> None:
        """Show these fields; what stays is only brought up to date, so that typing is never disturbed."""
        if step_id != self.step_id:
            self.step_id = ""
            await self.remove_children()
            self.step_id = step_id
        wanted = {view.field.name: view for view in views}
        head = self.query_one_optional(FormHead)
        if head is None:
            head = FormHead(classes="form-head")
            await self.mount(head, before=0 if self.children else None)
        head.show(views, entered)
        for one in self.fields:
            view = wanted.get(one.name_of_field)
            if view is None or kind_of(view) is not type(one):
                await one.remove()
        place: Widget | None = None
        for view in views:
            one_there = self.field(view.field.name)
            if one_there is None:
                one_there = make_field(view, store, edited=view.field.name in entered)
                await self.mount(one_there, after=place or head)
            else:
                one_there.sync(view, entered)
            place = one_there
        self.display = bool(views)
        self._place()

    def unheard(self) -> dict[str, Value]:
        """Return what was typed a moment ago and is still on its way to the screen."""
        values = {one.name_of_field: one.read() for one in self.fields if one.unheard}
        return {name: value for name, value in values.items() if value is not None}

    def secrets(self) -> dict[str, Secret]:
        """Return the secrets typed just now."""
        typed = {one.name_of_field: one.take() for one in self.fields if isinstance(one, SecretField)}
        return {name: secret for name, secret in typed.items() if secret is not None}

    @property
    def secret_fields(self) -> list[SecretField]:
        """The fields in which a secret can be entered now."""
        return [] if self.disabled else [one for one in self.fields if isinstance(one, SecretField)]

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
