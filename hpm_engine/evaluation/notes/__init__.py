"""The benchmark of evidence for notes: planted lines, and sessions that bear them out or do not."""
