"""Why published files make no encoder."""


class UnusableError(Exception):
    """Published files cannot become an encoder; the message says on one line what was found and what to do."""
