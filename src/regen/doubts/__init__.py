"""Label doubts: training rows whose label models doubt that learnt from the other rows."""
