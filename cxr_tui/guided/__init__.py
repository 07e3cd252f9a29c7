"""Walking the guide: with a person, an operator, or an answers file."""
