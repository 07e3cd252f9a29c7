"""The integration in CX Audience."""
