"""What backups, going back to one, and repairs tell."""
