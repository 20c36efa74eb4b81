"""The Consolidation view: cycles, their schedule, and whether a store may tidy itself."""
