"""Puts the tiny encoders of tests/estimators on the path."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "estimators"))
