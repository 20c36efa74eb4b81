"""Files, folders and archives: found, opened, bounded, taken apart into records."""
