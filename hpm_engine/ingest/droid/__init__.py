"""Sessions of Droid (Factory): its own files, and the stream that it prints."""
