"""What each step is worth: the learned mask, the rules, their features."""
