"""Job status: what the schedules let one expect, held against what can be seen."""
