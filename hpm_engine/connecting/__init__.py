"""Agents connected to a store: their settings changed by what is ours, and nothing else."""
