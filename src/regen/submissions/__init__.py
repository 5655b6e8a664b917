"""Files that a board takes: how they are written from predictions, and what is wrong with one."""
