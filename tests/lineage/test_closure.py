import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regen.lineage.closure import closure, code_digest


def package(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a package ``pkg``: path in it -> source; every folder of a module gets an ``__init__``."""
    root = folder / "pkg"
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        for parent in path.relative_to(root).parents if path.suffix == ".py" else ():
            (root / parent / "__init__.py").touch()
    return root


def names(root: Path, *modules: str) -> set[str]:
    """Give the closure without the ``__init__`` files."""
    return {name for name in every_name(root, modules) if not name.endswith("__init__.py")}


def every_name(root: Path, modules: Iterable[str]) -> list[str]:
    return [path.relative_to(root).as_posix() for path in closure(modules, root)]


@pytest.mark.parametrize(
    "source",
    [
        "import pkg.b",
        "import pkg.b as other",
        "import os, pkg.b",
        "from pkg import b",
        "from pkg import (nothing, b as other)",
        "from pkg.b import name",
        "from . import b",
        "from .b import name",
        "def function():\n    from pkg.b import name",
        "async def function():\n    import pkg.b",
        "class Some:\n    from pkg import b",
        "if TYPE_CHECKING:\n    from pkg.b import name",
        "try:\n    from .b import fast\nexcept ImportError:\n    fast = None",
    ],
)
def test_ways_to_import_a_module(tmp_path: Path, source: str) -> None:
    root = package(tmp_path, {"a.py": source, "b.py": "", "c.py": ""})
    assert names(root, "pkg.a") == {"a.py", "b.py"}


@pytest.mark.parametrize(
    "source",
    ["", "# import pkg.b", "'import pkg.b'", "import numpy", "import pkgs.b", "from pkg.none import b", "import b"],
)
def test_what_imports_nothing_of_the_package(tmp_path: Path, source: str) -> None:
    root = package(tmp_path, {"a.py": source, "b.py": ""})
    assert names(root, "pkg.a") == {"a.py"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from .. import top", {"top.py"}),
        ("from ..top import name", {"top.py"}),
        ("from . import near", {"sub/near.py"}),
        ("from .deep import low", {"sub/deep/low.py"}),
        ("from .deep.low import name", {"sub/deep/low.py"}),
        ("from ..other import far", {"other/far.py"}),
        ("from .. import sub", set()),
    ],
)
def test_relative_imports(tmp_path: Path, source: str, expected: set[str]) -> None:
    files = ("top.py", "sub/near.py", "sub/deep/low.py", "other/far.py")
    root = package(tmp_path, {"sub/a.py": source, **dict.fromkeys(files, "")})
    assert names(root, "pkg.sub.a") == {"sub/a.py"} | expected


def test_relative_imports_of_an_init(tmp_path: Path) -> None:
    root = package(
        tmp_path, {"sub/__init__.py": "from .near import name\nfrom .. import top", "sub/near.py": "", "top.py": ""}
    )
    assert names(root, "pkg.sub") == {"sub/near.py", "top.py"}


def test_a_name_from_a_module_is_no_module(tmp_path: Path) -> None:
    """``from pkg.b import c`` takes a name, though ``pkg.c`` is a module too."""
    root = package(tmp_path, {"a.py": "from pkg.b import c", "b.py": "c = 1", "c.py": ""})
    assert names(root, "pkg.a") == {"a.py", "b.py"}


def test_a_module_from_a_package_brings_the_inits_above_it(tmp_path: Path) -> None:
    root = package(tmp_path, {"a.py": "from pkg.sub.deep import low", "sub/deep/low.py": "", "sub/near.py": ""})
    assert every_name(root, ["pkg.a"]) == ["a.py", "sub/deep/low.py"], "inits without code decide nothing"
    for init in ("__init__.py", "sub/__init__.py", "sub/deep/__init__.py"):
        (root / init).write_text('"""Package."""\nx = 1\n', encoding="utf-8")
    expected = ["__init__.py", "a.py", "sub/__init__.py", "sub/deep/__init__.py", "sub/deep/low.py"]
    assert every_name(root, ["pkg.a"]) == expected
    (root / "sub/__init__.py").write_text('"""Package, described."""\n', encoding="utf-8")
    assert every_name(root, ["pkg.a"]) == [name for name in expected if name != "sub/__init__.py"]


def test_imports_of_an_init_above_count(tmp_path: Path) -> None:
    root = package(tmp_path, {"sub/__init__.py": "import pkg.b", "sub/a.py": "", "b.py": "import pkg.c", "c.py": ""})
    assert names(root, "pkg.sub.a") == {"sub/a.py", "b.py", "c.py"}


def test_circles_end(tmp_path: Path) -> None:
    root = package(tmp_path, {"a.py": "import pkg.b", "b.py": "import pkg.c", "c.py": "import pkg.a"})
    assert names(root, "pkg.b") == {"a.py", "b.py", "c.py"}


def test_several_and_unknown_modules(tmp_path: Path) -> None:
    root = package(tmp_path, {"a.py": "", "b.py": ""})
    assert names(root, "pkg.a", "pkg.b", "pkg.none", "other.a") == {"a.py", "b.py"}
    assert closure(["other", "os.path"], root) == []
    assert closure([], root) == []


def test_plain_folders_belong_to_their_package(tmp_path: Path) -> None:
    files = {
        "pages/write.py": "",
        "pages/templates/index.html": "x",
        "pages/templates/parts/head.html": "x",
        "pages/static/style.css": "x",
        "pages/__pycache__/write.pyc": "x",
        "pages/templates/__pycache__/x.pyc": "x",
        "pages/inner/module.py": "",
        "other/templates/index.html": "x",
        "other/module.py": "",
    }
    root = package(tmp_path, files)
    assert names(root, "pkg.pages.write") == {
        *("pages/write.py", "pages/templates/index.html", "pages/templates/parts/head.html", "pages/static/style.css")
    }
    assert names(root, "pkg.other.module") == {"other/module.py", "other/templates/index.html"}


def test_paths_are_sorted_and_absolute(tmp_path: Path) -> None:
    paths = closure(["pkg.a"], package(tmp_path, {"a.py": "import pkg.z, pkg.b", "b.py": "", "z.py": ""}))
    assert paths == sorted(paths)
    assert all(path.is_absolute() for path in paths)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14))
def test_closure_is_what_can_be_reached(edges: list[tuple[int, int]]) -> None:
    sources = {f"m{i}.py": "\n".join(f"import pkg.m{b}" for a, b in edges if a == i) for i in range(7)}
    reached = {0}
    for _ in range(7):
        reached |= {b for a, b in edges if a in reached}
    with tempfile.TemporaryDirectory() as folder:
        assert names(package(Path(folder), sources), "pkg.m0") == {f"m{i}.py" for i in reached}


FILES = {"__init__.py": "x = 0", "a.py": "import pkg.b", "b.py": "x = 1", "c.py": "", "templates/index.html": "x"}


@pytest.mark.parametrize("name", ["a.py", "b.py", "__init__.py", "templates/index.html"])
def test_digest_changes_with_a_file_in_the_closure(tmp_path: Path, name: str) -> None:
    root = package(tmp_path, FILES)
    before = code_digest(["pkg.a"], root)
    original = (root / name).read_text(encoding="utf-8")
    (root / name).write_text(f"{original}\n# changed", encoding="utf-8")
    assert code_digest(["pkg.a"], root) != before
    (root / name).write_text(original, encoding="utf-8")
    assert code_digest(["pkg.a"], root) == before


def test_digest_changes_with_a_new_file_in_the_closure(tmp_path: Path) -> None:
    root = package(tmp_path, FILES)
    before = code_digest(["pkg.a"], root)
    (root / "b.py").write_text("x = 1\nimport pkg.c", encoding="utf-8")
    imported = code_digest(["pkg.a"], root)
    (root / "c.py").write_text("y = 1", encoding="utf-8")
    changed = code_digest(["pkg.a"], root)
    (root / "templates" / "new.html").write_text("x", encoding="utf-8")
    assert len({before, imported, changed, code_digest(["pkg.a"], root)}) == 4


def test_digest_changes_with_a_name(tmp_path: Path) -> None:
    one = package(tmp_path / "one", {"a.py": "import pkg.b, pkg.c", "b.py": ""})
    other = package(tmp_path / "other", {"a.py": "import pkg.b, pkg.c", "c.py": ""})
    assert code_digest(["pkg.a"], one) != code_digest(["pkg.a"], other)


def test_digest_does_not_change_with_anything_else(tmp_path: Path) -> None:
    root = package(tmp_path / "here", FILES)
    before = code_digest(["pkg.a"], root)
    (root / "c.py").write_text("changed = 1", encoding="utf-8")
    (root / "d.py").write_text("", encoding="utf-8")
    (root / "templates" / "__pycache__").mkdir()
    (root / "templates" / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert code_digest(["pkg.a"], root) == before
    assert code_digest(["pkg.a"], package(tmp_path / "there", FILES)) == before
