"""What leaves the store with age: the settings, what would be deleted, the jobs."""
