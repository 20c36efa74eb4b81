"""From text to vectors: the step encoders, and φ over the steps of an episode."""
