"""The parts that all commands share: arguments, tables, progress, the terminal."""
