"""An episode as a conversation: its steps as cards, only those in sight laid out."""
