"""People and services around the two products: support, colleagues, mail, time."""
