"""Maps: shared style, interactive maps."""
