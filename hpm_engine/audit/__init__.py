"""The chained log of every change: its arithmetic and its export."""
