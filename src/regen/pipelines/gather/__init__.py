"""The cells of one task side by side."""
