"""Files of agents as tests make them."""
