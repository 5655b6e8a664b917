"""What the answer of a server means for a download."""

import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests

from regen.sources.unavailable import UnavailableError, one_line

_USABLE = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE})


class TryAgainError(UnavailableError):
    """One try failed, the next one may not; ``after`` is how many seconds the server asks to wait."""

    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.after = after


def check_response(response: requests.Response) -> None:
    """Let pass what a download can go on with.

    Raises:
        TryAgainError: The server is busy or out of order: 429 and 5xx.
        UnavailableError: The server refuses, or would send other bytes than the file's.
    """
    status = response.status_code
    reason = one_line(f"{status} {response.reason}")
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TryAgainError(reason, retry_after(response.headers.get("Retry-After", "")))
    if status not in _USABLE:
        raise UnavailableError(reason)
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise UnavailableError(one_line(f"the server sends it in the encoding {encoding}, not byte for byte"))


def retry_after(value: str) -> float:
    """Read a Retry-After header (RFC 9110, section 10.2.3) in seconds from now; 0 where it says nothing."""
    if value.isdecimal():
        return float(value)
    try:
        return parsedate_to_datetime(value).timestamp() - time.time()
    except ValueError:
        return 0.0
