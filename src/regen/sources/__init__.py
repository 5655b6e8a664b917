"""Published files: had from mirrors tried in order, verified, and put into place whole."""
