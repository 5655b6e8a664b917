"""Records: what one evaluated cell scored, and on what ground."""
