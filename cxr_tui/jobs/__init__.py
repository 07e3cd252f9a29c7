"""Job status: the runs that the schedules should produce, compared with the evidence of actual runs."""
