"""A bidirectional LSTM over words and their characters with a conditional random field, trained from nothing."""
