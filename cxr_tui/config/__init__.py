"""Settings of the program itself: a file, environment variables and the command line, each value with its source."""
