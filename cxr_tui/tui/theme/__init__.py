"""Colours, sizes and styles."""
