"""What leaves a store, or its view: the trash, quarantine, and erasure from every place."""
