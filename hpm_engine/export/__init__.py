"""Copies that leave the store: episodes as trajectories, and the audit log."""
