"""Checks of an exported file."""
