"""Sessions of the DeepSeek harness."""
