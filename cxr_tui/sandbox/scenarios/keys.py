"""Faults of the OpenPGP key between the two products."""
