"""A dataset of the report alone."""

from typing import Any

from kedro_datasets.partitions import PartitionedDataset


class PartitionsIfAny(PartitionedDataset):  # type: ignore[misc]  # kedro-datasets has no types
    """Partitions, of which there may be none: kedro-datasets' own type refuses to load an empty set."""

    def load(self) -> dict[str, Any]:
        """Give path -> function that loads."""
        return dict(super().load()) if self._list_partitions() else {}
