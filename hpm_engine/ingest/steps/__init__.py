"""The parts of steps that all readers share: content, calls, times, titles, projects."""
