"""What stands for something in examples: readers write it, estimators know it."""

GAP = "#idiom#"
"""The blank that an example asks for, in FewCLUE's form of ChID."""

OTHER_GAP = "#other#"
"""Another blank of the same text."""

NOWHERE = -1
"""Start of an answer that does not stand in its passage."""
