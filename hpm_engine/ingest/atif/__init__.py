"""Trajectories in the Agent Trajectory Interchange Format, read and written."""
