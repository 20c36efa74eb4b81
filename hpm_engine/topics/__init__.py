"""Names that people understand for what prototypes are about, from what users asked."""
