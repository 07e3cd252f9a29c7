"""The integration user in Responsys."""
