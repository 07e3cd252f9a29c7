"""Keys of a widget that is typed into, handled in the order in which they were pressed."""

from __future__ import annotations

from textual import events
from textual.widget import Widget


async def carried_out(widget: Widget, event: events.Key) -> bool:
    """Carry out a widget's own binding of a key at once; say whether it has one.

    Textual inserts a letter at once but lets every other key climb up to the app first, through everything around the
    widget. While any of that is being drawn, a letter would overtake the backspace that was pressed before it.
    """
    own = widget._bindings.key_to_bindings  # there is no public way to a widget's own bindings
    for binding in own.get(event.key, ()):
        if not binding.priority and await widget.app.run_action(binding.action, widget):
            event.stop()
            event.prevent_default()
            return True
    return False
