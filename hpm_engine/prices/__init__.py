"""What models cost: the table that comes with the program, and a person's own."""
