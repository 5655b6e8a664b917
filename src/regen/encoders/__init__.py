"""Pretrained encoders: from published files to folders that plain transformers loads."""
