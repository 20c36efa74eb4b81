"""Backups as a store knows them, and what a backup says of itself."""
