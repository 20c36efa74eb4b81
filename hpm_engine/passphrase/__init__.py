"""Stores under a passphrase: opening one, and putting a store under one or out of it."""
