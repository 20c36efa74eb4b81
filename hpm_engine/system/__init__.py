"""What the operating system is asked for: processes, output files, local time, the log."""
