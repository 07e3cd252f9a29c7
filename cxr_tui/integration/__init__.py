"""One open integration: answers go in, checks run, the journal grows."""
