"""A page of examples for this machine: it holds texts of the data."""
