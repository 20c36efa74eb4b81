"""What agents deleted, or will delete: given back, and counted down."""
