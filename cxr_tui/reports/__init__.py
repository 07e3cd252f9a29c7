"""Reports and messages for other people."""
