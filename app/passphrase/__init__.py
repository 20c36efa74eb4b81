"""Stores under a passphrase: opening one, and putting the open store under one."""
