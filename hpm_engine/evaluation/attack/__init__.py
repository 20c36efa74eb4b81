"""The benchmark of damaged, confused and hostile inputs by the million: read, unpacked, asked."""
