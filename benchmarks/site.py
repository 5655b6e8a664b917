"""Time and peak memory of the pages over synthetic records, which are no results.

``PYTHONPATH=src:tests/reporting python benchmarks/site.py``, after ``pip install -r requirements-dev.lock``.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from synthetic import TITLE, synthetic_records

from regen.reporting.site import write_site


def main() -> None:
    """Write the pages once into a folder that is removed, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--cells", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    records = synthetic_records(args.cells, args.repeats)
    before = peak_megabytes()
    with tempfile.TemporaryDirectory() as name:
        start, cpu = time.perf_counter(), time.process_time()
        write_site(records, TITLE, Path(name))
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
        files = [path for path in Path(name).rglob("*") if path.is_file()]
        told = {
            "cells": args.cells,
            "repeats": args.repeats,
            "seconds": round(seconds, 1),
            "cpu_seconds": round(cpu_seconds, 1),
            "peak_megabytes_before": before,
            "peak_megabytes": peak_megabytes(),
            "overview_kilobytes": round((Path(name) / "index.html").stat().st_size / 1000),
            "files": len(files),
            "megabytes": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        }
    json.dump(told, sys.stdout)


def peak_megabytes() -> int:
    """Give the most memory that this process has held."""
    return round(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    )


if __name__ == "__main__":
    main()
