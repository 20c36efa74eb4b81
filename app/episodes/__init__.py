"""The Episodes view: the list of sessions and the timeline of one."""
