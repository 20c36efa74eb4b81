"""Commands that keep a store safe: backups, and going back to one."""
