"""The one exception that reaches a user as a single line."""

import click


class UserError(click.ClickException):
    """Something that the user can mend.

    The message is one line: which file, line or key, what was found, what was expected, what to do.
    Every command prints it as ``Error: …`` without a traceback and ends with status 1.
    """
