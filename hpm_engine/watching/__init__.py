"""Looking for what agents have written since, without a thread and without the window."""
