"""The one file that holds a memory; the only package with SQL."""
