"""The server that agents ask: the Model Context Protocol over standard input and output."""
