"""What several features of the window share; knows no feature."""
