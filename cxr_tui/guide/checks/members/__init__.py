"""Checks of people in both products."""
