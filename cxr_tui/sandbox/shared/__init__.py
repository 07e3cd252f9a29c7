"""What both twins share."""
