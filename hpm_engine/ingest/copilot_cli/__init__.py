"""Sessions of Copilot CLI: its own files, and the stream that it prints."""
