"""Whether sessions used what recall gave them, told from what they did afterwards."""
