"""Texts of steps made ready to be painted, on the reader's thread: excerpts, Markdown, colours."""
