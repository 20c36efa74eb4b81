"""The one file that holds a memory: its tables, its rows, and searches in SQL."""
