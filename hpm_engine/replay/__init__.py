"""Past sessions asked again, as of their first minute, and what recall could have told them."""
