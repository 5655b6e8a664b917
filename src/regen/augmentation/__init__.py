"""Further training examples, made out of those that there are; one module per method."""
