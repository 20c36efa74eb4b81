"""Sessions of Qwen Code."""
