"""Fields and validators that several steps share."""
