"""Pictures of every view, state and dialog with the data of a store."""
