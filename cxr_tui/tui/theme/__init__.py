"""Colors, sizes and styles."""
