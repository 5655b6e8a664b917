"""A page of the examples of dev on which two cells differ, for this machine: it holds texts of the data."""
