"""The look: colours by meaning, the sizes of text, spacing, and the style of controls."""
