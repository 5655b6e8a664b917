"""Search for settings: a space, a study of trials, and the pick."""
