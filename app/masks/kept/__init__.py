"""What compression keeps of a session, step by step."""
