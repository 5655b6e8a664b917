"""Stage ``transfer``."""
