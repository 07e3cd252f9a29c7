"""The fields of one step, kept in place while the person types and the journal grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from cxr_tui.domain.answers import Value
from cxr_tui.integration.form import EMPTY, FieldView
from cxr_tui.tui.fields import kind_of
from cxr_tui.tui.fields.base import FieldWidget
from cxr_tui.tui.fields.secret import SecretField
from cxr_tui.tui.widgets.text_block import TextBlock, heading

GUTTER = 2
"""Cells beside a label: the bar of the focus and a blank."""

NARROWEST, ROOMY = 52, 68
"""Width in cells from which labels are to the left of their controls, and from which short sources are behind them."""


def head_line(views: Sequence[FieldView], entered: Mapping[str, Value], width: int) -> list[Content]:
    """Return the heading of the fields: how many are not saved (if none, how many are suggested), how many are empty.

    Unsaved entries are counted here and not marked one by one, so that the first letter moves no field.
    """
    own = [view for view in views if not view.field.origin]
    asked = [view for view in own if view.field.name not in entered]
    unsaved, suggested = len(own) - len(asked), sum(view.source == "default" for view in asked)
    empty = sum(not view.field.optional and not view.stored and view.value in EMPTY for view in asked)
    counts = [(unsaved, "not saved yet") if unsaved else (suggested, "suggested"), (empty, "to fill in")]
    return [heading("Your entries", width, ", ".join(f"{count} {what}" for count, what in counts if count))]


class Form(Vertical):
    """Field widgets in the guide's order."""

    def __init__(self) -> None:
        super().__init__(id="form")
        self._head = TextBlock(id="form-head")
        self.step_id = ""
        """The step whose fields are shown; empty while those of another step are being removed."""

    def compose(self) -> ComposeResult:
        """Put the heading above the fields."""
        yield self._head

    @property
    def fields(self) -> list[FieldWidget]:
        """The fields that are shown, in order."""
        return [child for child in self.children if isinstance(child, FieldWidget)]

    def field(self, name: str) -> FieldWidget | None:
        """Return the field of this name, None where it is not shown."""
        return next((one for one in self.fields if one.view.field.name == name), None)

    def on_resize(self) -> None:
        """Put the labels above their controls, and the sources below, where there is no room beside them."""
        self.update_classes({"-stacked": self.size.width < NARROWEST, "-close": self.size.width < ROOMY})

    async def show(self, step_id: str, views: tuple[FieldView, ...], entered: Mapping[str, Value]) -> None:
        """Show these fields; what stays is only brought up to date, so that typing is never disturbed."""
        if step_id != self.step_id:
            self.step_id = ""
            await self.remove_children(FieldWidget)
            self.step_id = step_id
        wanted = {view.field.name: view for view in views}
        self._head.display = sum(not view.field.origin for view in views) > 1
        self._head.show([partial(head_line, views, entered)])
        for one in self.fields:
            view = wanted.get(one.view.field.name)
            if view is None or kind_of(view) is not type(one):
                await one.remove()
        await self._place(views, entered)
        self.display = bool(views)
        column = max((one.label_width for one in self.fields), default=0) + GUTTER + 1
        for one in self.fields:
            one.label.styles.width = column

    async def _place(self, views: tuple[FieldView, ...], entered: Mapping[str, Value]) -> None:
        """Bring the fields that are there up to date; mount new ones together, for each mount styles the others too."""
        new: list[FieldWidget] = []
        for view in views:
            there = self.field(view.field.name)
            if there is None:
                new.append(kind_of(view)(view, edited=view.field.name in entered))
                continue
            there.sync(view, entered)
            if new and self.is_attached:
                await self.mount(*new, before=there)
                new = []
        if new and self.is_attached:  # else the program is ending
            await self.mount(*new)

    @property
    def secret_fields(self) -> list[SecretField]:
        """The fields in which a secret can be entered now."""
        return [] if self.disabled else [one for one in self.fields if isinstance(one, SecretField)]

    def complain(self, problems: Mapping[str, str]) -> None:
        """Show what is wrong under each field, and nothing under the others."""
        for one in self.fields:
            one.complain(problems.get(one.view.field.name, ""))

    def after(self, name: str) -> Widget | None:
        """Return the entrance that follows a field, None behind the last one."""
        names = [one.view.field.name for one in self.fields]
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
