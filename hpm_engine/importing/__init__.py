"""From files to episodes in the store, and what is remembered of files that are none."""
