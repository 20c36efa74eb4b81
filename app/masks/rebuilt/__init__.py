"""What compression can put back: steps rebuilt from what was kept."""
