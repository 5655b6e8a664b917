"""Whether Chinese answers change when those whom a text speaks of change their gender: words swap in pairs.

The swap is that of Zhao et al. 2018, "Gender Bias in Coreference Resolution: Evaluation and Debiasing Methods",
https://arxiv.org/abs/1804.06876, in Chinese. A right answer need not stay for every text, so that flips are to be read
beside the accuracies.
"""

import re

from regen.config.cell import CellConfig
from regen.robustness.perturbation import Whole

PAIRS = (
    *(("先生", "女士"), ("父亲", "母亲"), ("爸爸", "妈妈"), ("儿子", "女儿"), ("哥哥", "姐姐"), ("弟弟", "妹妹")),
    *(("丈夫", "妻子"), ("爷爷", "奶奶"), ("叔叔", "阿姨"), ("老公", "老婆"), ("小伙子", "小姑娘"), ("帅哥", "美女")),
    *(("他", "她"), ("男", "女")),
)
"""Words, and single characters that also stand in longer words (男孩, 她们))."""

_OTHER = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}
_LEFT = ("其他", "他人", "吉他", "子女", "男女")
"""Words that hold such a character, and no gender or both."""
_WORDS = re.compile("|".join(sorted([*_OTHER, *_LEFT], key=lambda word: (-len(word), word))))


def suits(config: CellConfig) -> bool:
    """Say whether a task asks for labels of Chinese texts or pairs."""
    return config.language == "zh" and config.task_type in ("classification", "pair_classification")


def swap_gender(text: str) -> str:
    """Swap every gendered word for its counterpart."""
    return _WORDS.sub(lambda found: _OTHER.get(found[0], found[0]), text)


SWAP = Whole(swap_gender, strength="every gendered word")
"""The swap as a perturbation: its drop, interval and flips are measured as theirs are."""
