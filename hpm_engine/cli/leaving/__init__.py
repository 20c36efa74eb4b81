"""Commands that delete, set apart or erase."""
