"""The desktop window in which a person sees and steers what an agent remembers."""
