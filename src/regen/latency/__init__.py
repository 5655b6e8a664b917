"""How fast a fitted cell answers."""
