"""Where agents keep their sessions on Linux, macOS and Windows, and what is there."""
