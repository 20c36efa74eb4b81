"""The benchmark of what prototypes are called."""
