"""Whether secrets are found, and nothing else is: made-up keys, real lines, speed."""
