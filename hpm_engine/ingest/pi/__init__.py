"""Sessions of Pi, and of Oh My Pi and OpenClaw, which descend from it."""
