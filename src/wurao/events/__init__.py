"""What arrives: calls, messages and look-ups, read from files into columns."""
