"""Scripted sessions of which it is known whether they used what they were given."""
