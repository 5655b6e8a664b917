"""The partial file of a download: which bytes are there, and of which version of the file.

A partial file is continued only if the server confirms that it still has that version (RFC 9110, sections 13.1.5,
If-Range, and 14, Range). That needs a strong ETag or a Last-Modified date; without them a download starts anew.
"""

from http import HTTPStatus
from pathlib import Path

import requests

from regen.sources.responses import TryAgainError


def validator_file(part: Path) -> Path:
    """Where the version of a partial file is noted."""
    return part.with_suffix(".validator")


def resume_point(part: Path) -> tuple[int, str]:
    """How many bytes are there, and what the server called that version; nothing without both."""
    noted = validator_file(part)
    validator = noted.read_text(encoding="latin-1") if noted.exists() else ""
    return (part.stat().st_size, validator) if validator and part.exists() else (0, "")


def continues(response: requests.Response, start: int, validator: str, part: Path) -> bool:
    """Whether the response goes on after the first ``start`` bytes, rather than giving the whole file.

    Raises:
        TryAgainError: It is a part of another version; the partial file is then forgotten.
    """
    if response.status_code == HTTPStatus.OK:
        return False
    versions = [response.headers[key] for key in ("ETag", "Last-Modified") if key in response.headers]
    fits = response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
    if not fits or (versions and validator not in versions):
        part.unlink(missing_ok=True)
        raise TryAgainError("the file changed on the server")
    return True


def start_anew(response: requests.Response, part: Path) -> None:
    """Empty the partial file and note the version that the response gives."""
    part.write_bytes(b"")  # before its validator, so that no old bytes ever stand beside a new one
    etag = response.headers.get("ETag", "")
    validator = etag if etag.startswith('"') else response.headers.get("Last-Modified", "")
    validator_file(part).write_text(validator, encoding="latin-1")
