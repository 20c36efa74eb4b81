"""What a person meets first: the page without a store, the tour, the sign for what is dropped."""
