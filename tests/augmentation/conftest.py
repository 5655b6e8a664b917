"""What the tests of augmentation share: the frames of the estimators' tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "estimators"))
