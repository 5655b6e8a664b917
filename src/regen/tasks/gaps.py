"""How texts with blanks are written: FewCLUE's form of ChID, which has one blank in a text."""

GAP = "#idiom#"
"""The blank that an example asks for."""
OTHER_GAP = "#other#"
"""Another blank of the same text."""
