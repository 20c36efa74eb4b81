"""The pane on the right: facts, relations and the original of what is selected anywhere."""
