"""A linear model over TF-IDF of words and characters."""
