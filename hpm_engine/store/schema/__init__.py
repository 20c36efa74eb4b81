"""The tables, and how older stores come to have them."""
