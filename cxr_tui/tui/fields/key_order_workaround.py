"""Keys of a text field, handled in the order in which they were pressed.

`test_textual_workarounds.py` fails once Textual keeps that order itself; then this module can go.
"""

from __future__ import annotations

from textual import events
from textual.widget import Widget

_TO_ANOTHER_FIELD = ("app.focus_next", "app.focus_previous")


async def carried_out(widget: Widget, event: events.Key) -> bool:
    """Handle at once a key that the widget binds or that goes to another field; return whether it was one.

    Textual inserts a letter at once but lets every other key bubble up to the app first, through all parents of the
    widget. While one of them is being drawn, a letter would overtake the backspace before it, and a password typed
    after Tab would be readable in the previous field.
    """
    focused = widget.screen.focused
    if focused is not None and focused is not widget:  # an earlier key has left the widget
        focused.post_message(event)
        event.stop()
        event.prevent_default()
        return True
    own = widget._bindings.key_to_bindings  # Textual has no public access to a widget's own bindings
    for binding in own.get(event.key, ()):
        if not binding.priority and await widget.app.run_action(binding.action, widget):
            event.stop()
            event.prevent_default()
            return True
    if not event.is_printable:
        bound = widget.screen.active_bindings.get(event.key)
        if bound is not None and bound.binding.action in _TO_ANOTHER_FIELD:
            await widget.app.run_action(bound.binding.action)
            event.stop()
            event.prevent_default()
            return True
    return False
