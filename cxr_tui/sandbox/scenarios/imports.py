"""Faults of the import job: source, target, schedule, rows."""
