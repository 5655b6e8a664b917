"""Examples of every task type stand beside the tests of estimators."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "estimators"))
