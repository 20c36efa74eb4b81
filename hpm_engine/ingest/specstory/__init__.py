"""Sessions of many agents as SpecStory rendered them, in Markdown."""
