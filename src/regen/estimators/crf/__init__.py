"""A linear-chain conditional random field over hand-made features."""
