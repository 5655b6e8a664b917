"""What the tests of attributions share: the frames and cells of the estimators' tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "estimators"))
