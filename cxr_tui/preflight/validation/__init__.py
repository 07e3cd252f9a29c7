"""Records held against the rules of the import."""
