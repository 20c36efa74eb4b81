"""The table of rules: what keys look like, family by family."""
