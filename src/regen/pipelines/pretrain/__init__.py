"""Stage ``pretrain``."""
