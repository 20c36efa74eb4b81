"""The Prototypes view: what was learned from many sessions."""
