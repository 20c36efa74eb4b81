"""What leaves the store or its view: the trash, and erasure."""
