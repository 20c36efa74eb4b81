"""Damaged, confused and hostile inputs by the million: what reading, unpacking and asking do."""
