"""The dialogs that belong to no feature."""
