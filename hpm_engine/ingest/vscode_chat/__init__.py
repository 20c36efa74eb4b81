"""Chats of Copilot in VS Code: snapshots, and journals of their changes."""
