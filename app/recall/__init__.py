"""The Recall view: what answers a cue, why, and who may see it."""
