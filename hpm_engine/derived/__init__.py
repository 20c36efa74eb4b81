"""What can be made again from the rest of a store: checked, and made again where it is wrong."""
