"""Faults of the external server and its SSH2 key."""
