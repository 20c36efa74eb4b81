"""The Agents view: which agents use the store, and what past sessions would have gained."""
