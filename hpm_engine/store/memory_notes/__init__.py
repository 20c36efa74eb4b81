"""The notes of agents' memories in a store: read, searched, and written with every version."""
