"""The map of prototypes and memories: its scene, its painting, its legend."""
