"""Stage ``import_encoder``."""
