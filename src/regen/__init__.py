"""regen regenerates any CLUE or CoNLL result from scratch, and says how far to trust it."""
