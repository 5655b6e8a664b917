"""What readers say of files that they refuse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from regen.errors import UserError


def refusing(read: Callable[..., Any], path: Path) -> Callable[..., str]:
    """Give a function that writes and reads a file that is refused, and gives the line without the file's name."""

    def refused(content: str | bytes, **keys: Any) -> str:
        with pytest.raises(UserError) as caught:
            read(path, content, **keys)
        message = str(caught.value)
        assert len(message.splitlines()) == 1
        return message.removeprefix(f"{path}")

    return refused
