"""Erasure: what holds a thing is found, it leaves every byte, and the rest is measured."""
