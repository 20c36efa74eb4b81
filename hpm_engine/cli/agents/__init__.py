"""The commands by which agents are told what a store has."""
