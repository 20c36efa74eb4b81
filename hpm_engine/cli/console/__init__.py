"""What all commands share: arguments, tables, progress, the terminal."""
