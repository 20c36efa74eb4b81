"""What readers share in making steps: content, calls, times, titles, projects."""
