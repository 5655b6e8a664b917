"""Downloads that resume, wait and try again, and appear whole."""

import logging
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import requests
from tqdm import tqdm

from regen.config.files import FileSpec, Source
from regen.config.machine import Machine
from regen.io.atomic import clear_os_errors
from regen.sources.downloads import through_downloads
from regen.sources.responses import TryAgainError, check_response
from regen.sources.resume import continues, resume_point, start_anew, validator_file
from regen.sources.unavailable import UnavailableError, one_line
from regen.sources.verify import DEFAULT_LIMIT, size_limit

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries of one download, so there are five tries."""

_LONGEST_PAUSE = 120.0
_TIMEOUT = (10.0, 60.0)  # seconds to connect, and between two pieces
_CHUNK = 1 << 16  # what a broken connection loses at most

logger = logging.getLogger(__name__)


def from_url(source: Source, spec: FileSpec, machine: Machine, target: Path) -> str:
    """Have a file, or a member of a zip, from an address; see :func:`through_downloads`."""
    limit = size_limit(spec) if source.member is None else DEFAULT_LIMIT
    return through_downloads(source, spec, machine, target, partial(download, source.address, limit=limit))


def download(url: str, target: Path, limit: int, sleep: Callable[[float], None] = time.sleep) -> None:
    """Download a file, going on where an earlier call was cut off.

    Broken connections, timeouts, 429 and 5xx are tried again after fixed, doubling pauses, or after the time that the
    server asks for; every other refusal is final.

    Args:
        url: The address.
        target: Where the file appears once it is whole; the partial file lies beside it.
        limit: Most bytes that it may have.
        sleep: Waits for the given seconds.

    Raises:
        UnavailableError: The file cannot be had, or is larger than ``limit``.
        UserError: The disk is full, or the target's folder may not be written.
    """
    part = target.with_name(f"{target.name}.part")
    with clear_os_errors(target.parent):
        _try_often(url, part, limit, sleep)
        part.replace(target)
        validator_file(part).unlink(missing_ok=True)


def _try_often(url: str, part: Path, limit: int, sleep: Callable[[float], None]) -> None:
    pauses = iter(PAUSES)
    while True:
        try:
            return _try(url, part, limit)
        except TryAgainError as failure:
            pause = next(pauses, None)
            if pause is None:
                raise UnavailableError(f"{failure} (tried {len(PAUSES) + 1} times)") from failure
            wait = max(pause, failure.after)
            if wait > _LONGEST_PAUSE:
                raise UnavailableError(f"{failure}, and the server asks to wait {wait:.0f} s") from failure
            logger.warning("%s: %s; trying again in %.0f s", url, failure, wait)
            sleep(wait)


def _try(url: str, part: Path, limit: int) -> None:
    start, validator = resume_point(part)
    headers = {"Accept-Encoding": "identity"}  # a range counts the bytes that are sent
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": validator}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as response:
            check_response(response)
            if not continues(response, start, validator, part):
                start_anew(response, part)
            _receive(response, part, limit, PurePosixPath(urlsplit(url).path).name)
    except requests.exceptions.SSLError as error:
        raise UnavailableError(one_line(f"no secure connection: {error}")) from error
    except requests.Timeout as error:
        raise TryAgainError("timed out") from error
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
        raise TryAgainError("no connection, or it broke off") from error
    except requests.RequestException as error:
        raise UnavailableError(one_line(error)) from error


def _receive(response: requests.Response, part: Path, limit: int, name: str) -> None:
    """Append the response's bytes to the partial file, and see that they reach the disk."""
    size = part.stat().st_size
    length = response.headers.get("Content-Length", "")
    total = size + int(length) if length.isdecimal() else None
    _check_size(total or 0, limit, part)
    with (
        part.open("ab") as stream,
        tqdm(desc=name, total=total, initial=size, unit="B", unit_scale=True, disable=None) as bar,
    ):
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            _check_size(size, limit, part)
            stream.write(chunk)
            bar.update(len(chunk))
        stream.flush()
        os.fsync(stream.fileno())


def _check_size(size: int, limit: int, part: Path) -> None:
    if size > limit:
        part.unlink()
        raise UnavailableError(f"has more than {limit} bytes")
