"""OpenCode and its forks Kilo, MiMo Code and ZCode: databases, and the folders before them."""
