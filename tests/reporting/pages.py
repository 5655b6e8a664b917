"""Reads pages of the site and refuses what is no sound HTML."""

from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Reads a page and refuses tags that do not nest.

    Attributes:
        ids: Id -> how often it stands.
        addresses: What it links to and loads.
        texts: Pieces of text, those in Chinese left out where they stand beside English.
        plain: Those of the pieces that stand in one language alone and are no code.
        data: Id of a script -> its JSON.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.open: list[tuple[str, dict[str, str]]] = []
        self.ids: Counter[str] = Counter()
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.plain: set[str] = set()
        self.data: dict[str, str] = {}
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        assert len(values) == len(attrs), f"an attribute twice in <{tag}>"
        self.ids.update([values["id"]] if "id" in values else [])
        self.addresses += [values[key] for key in ("href", "src") if key in values]
        if tag == "th":
            assert values.get("scope") in {"col", "row", "colgroup"}
        if tag not in VOID:
            self.open.append((tag, values))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][1].get("type") == "application/json":
            self.data[self.open[-1][1]["id"]] = data
        elif data.strip():
            spans = [values for _, values in self.open if values.get("class") == "i18n"]
            if not any(values["lang"] == "zh" for values in spans):
                self.texts.append(data)
            if not spans and not {"code", "title"} & {tag for tag, _ in self.open}:
                self.plain.add(data.strip())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())
