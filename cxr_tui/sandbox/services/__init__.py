"""People and services beside the two products: support, colleagues, mail, time."""
