"""What people export from assistants on the web: ChatGPT, Claude.ai, Gemini."""
