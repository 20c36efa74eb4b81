"""Tasks of Cline, and of Roo Code and Kilo Code, which descend from it; Cline's command line."""
