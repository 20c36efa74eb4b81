"""Sessions recorded from a terminal or written to a console log."""
