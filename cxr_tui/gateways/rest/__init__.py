"""Responsys and CX Audience over REST."""
