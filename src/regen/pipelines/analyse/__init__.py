"""Where a cell errs, and whether its confidence can be believed."""
