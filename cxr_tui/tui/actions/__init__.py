"""Actions, their keys and where they are offered."""
