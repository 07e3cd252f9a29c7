"""One module per documented screen."""
