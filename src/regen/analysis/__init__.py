"""Where a cell errs, and whether its confidence can be believed: counts of groups of examples, without their text."""
