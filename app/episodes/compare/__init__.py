"""Two episodes side by side."""
