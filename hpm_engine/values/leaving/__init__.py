"""What leaves a store or its view, and what is told of it."""
