"""The views: one module for each entry of the rail."""
