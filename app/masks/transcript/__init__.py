"""The session as compression leaves it: kept lines whole, dropped ones folded."""
