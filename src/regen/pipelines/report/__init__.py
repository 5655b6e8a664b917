"""Pages from records."""
