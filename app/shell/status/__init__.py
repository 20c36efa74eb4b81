"""The status bar: what the store holds, and what is selected in it."""
