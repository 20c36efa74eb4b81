"""JSON values and where they stand in the bytes."""
