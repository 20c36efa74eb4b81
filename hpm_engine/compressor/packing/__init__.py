"""How what is kept fills the budget and is written."""
