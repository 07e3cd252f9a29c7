"""The import job in CX Audience (Part 4)."""
