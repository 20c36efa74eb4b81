"""How the mask is trained, and on which labels."""
