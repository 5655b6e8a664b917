"""kedro-datasets' types with an atomic save, and a folder that is handed over whole."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from kedro.io import AbstractDataset
from kedro_datasets._typing import TablePreview
from kedro_datasets.json import JSONDataset
from kedro_datasets.pandas import CSVDataset, ParquetDataset
from kedro_datasets.plotly import JSONDataset as PlotlyDataset
from pandas.api.types import is_list_like

from regen.errors import UserError
from regen.io.atomic import replacing


class _Atomic:
    """Mixed in before a kedro-datasets type: saves into a sibling and renames it.

    No subclass of AbstractDataset: that would wrap its missing constructor and hide the real one.
    """

    _filepath: PurePosixPath

    def save(self, data: Any) -> None:
        target = self._filepath
        with replacing(Path(target)) as new:
            self._filepath = PurePosixPath(new)
            try:
                super().save(data)  # type: ignore[misc]  # the type that it is mixed into has it
            finally:
                self._filepath = target


class AtomicJSON(_Atomic, JSONDataset):  # type: ignore[misc]  # kedro-datasets has no types
    """JSON file."""


class AtomicCSV(_Atomic, CSVDataset):  # type: ignore[misc]  # kedro-datasets has no types
    """CSV file (pandas)."""


class AtomicParquet(_Atomic, ParquetDataset):  # type: ignore[misc]  # kedro-datasets has no types
    """Parquet file (pandas)."""

    def preview(self, nrows: int = 5) -> TablePreview:
        """Give the first rows to Kedro-Viz; lists are joined, since it cannot show the arrays that Parquet gives."""
        rows = self.load().head(nrows)
        shown = rows.map(lambda value: " ".join(value) if is_list_like(value) else value)
        return TablePreview(shown.to_dict(orient="split"))


class AtomicPlotly(_Atomic, PlotlyDataset):  # type: ignore[misc]  # kedro-datasets has no types
    """Plotly figure as JSON."""


class Folder(AbstractDataset[Callable[[Path], Any], Path]):
    """A folder that appears whole: saved from a function that fills an empty folder, loaded as its path."""

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        """Take the folder's path and, for tools, metadata.

        Args:
            filepath: The folder.
            metadata: Not used here; Kedro-Viz and the lineage generator read it.
        """
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> Path:
        if not self._filepath.is_dir():
            raise UserError(f"{self._filepath}: no such folder; run the stage that makes it first")
        return self._filepath

    def save(self, data: Callable[[Path], Any]) -> None:
        with replacing(self._filepath) as new:
            new.mkdir()
            data(new)

    def _exists(self) -> bool:
        return self._filepath.is_dir()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


class MarkedSection(AbstractDataset[str, str]):
    """The text between ``<!-- name:begin -->`` and ``<!-- name:end -->`` in a Markdown file."""

    def __init__(self, *, filepath: str, name: str, metadata: dict[str, Any] | None = None) -> None:
        """Take the file and the name of the markers.

        Args:
            filepath: A Markdown file that holds both markers.
            name: Name in the markers.
            metadata: Not used here; Kedro-Viz and the lineage generator read it.
        """
        self._filepath = Path(filepath)
        self._begin, self._end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        self.metadata = metadata

    def _parts(self) -> tuple[str, str, str]:
        if not self._exists():
            raise UserError(f"{self._filepath}: no such file; make it, with '{self._begin}' and '{self._end}' in it")
        text = self._filepath.read_text(encoding="utf-8")
        before, found_begin, rest = text.partition(self._begin)
        section, found_end, after = rest.partition(self._end)
        if not (found_begin and found_end):
            markers = f"'{self._begin}' and '{self._end}'"
            raise UserError(f"{self._filepath}: markers not found; put {markers} where the text goes")
        return before, section, after

    def load(self) -> str:
        return self._parts()[1].strip("\n")

    def save(self, data: str) -> None:
        before, _, after = self._parts()
        with replacing(self._filepath) as new:
            new.write_text(f"{before}{self._begin}\n{data.strip()}\n{self._end}{after}", encoding="utf-8")

    def _exists(self) -> bool:
        return self._filepath.is_file()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "markers": self._begin}
