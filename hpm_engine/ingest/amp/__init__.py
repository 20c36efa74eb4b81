"""Threads of Amp."""
