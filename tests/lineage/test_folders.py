from pathlib import Path

import pytest

from regen.lineage.folders import folded

FILES = (
    "a.py",
    "p/__init__.py",
    "p/b.py",
    "p/c.py",
    "p/q/__init__.py",
    "p/q/d.py",
    "p/q/e.py",
    "p/q/words/f.txt",
    "r/g.py",
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package whose ``__init__`` files hold a docstring alone."""
    for name in FILES:
        path = tmp_path / "pkg" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('"""Some."""\n' if path.name == "__init__.py" else "x = 1\n", encoding="utf-8")
    (tmp_path / "pkg/p/__pycache__").mkdir()
    (tmp_path / "pkg/p/__pycache__/b.pyc").touch()
    return tmp_path / "pkg"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("a.py p/b.py p/c.py p/q/d.py p/q/e.py p/q/words/f.txt r/g.py", "a.py p r/g.py"),
        ("p/q/d.py p/q/e.py p/q/words/f.txt", "p/q"),
        ("a.py p/b.py p/q/d.py p/q/e.py p/q/words/f.txt", "a.py p/b.py p/q"),
        ("p/q/d.py p/q/e.py", "p/q/d.py p/q/e.py"),
        ("p/b.py p/c.py", "p/b.py p/c.py"),
        ("r/g.py", "r/g.py"),
        ("", ""),
    ],
)
def test_folders_stand_for_all_of_their_files(package: Path, files: str, expected: str) -> None:
    found = folded([package / name for name in files.split()], package)
    assert [path.relative_to(package).as_posix() for path in found] == expected.split()


def test_an_init_with_code_counts(package: Path) -> None:
    (package / "p/q/__init__.py").write_text("x = 1\n", encoding="utf-8")
    rest = [package / "p/q" / name for name in ("d.py", "e.py", "words/f.txt")]
    assert folded(rest, package) == rest
    assert folded([*rest, package / "p/q/__init__.py"], package) == [package / "p/q"]
