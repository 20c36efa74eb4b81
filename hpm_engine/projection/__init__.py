"""Vectors laid out on a plane by UMAP, so that what did not change stays where it was."""
