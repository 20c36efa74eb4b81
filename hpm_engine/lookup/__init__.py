"""What earlier sessions tell of a file, an error or a tool: blame, fix and how."""
