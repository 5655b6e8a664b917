"""The clause of a passage that has most in common with the question."""
