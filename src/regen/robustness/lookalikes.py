"""Chinese characters become others that look alike: mistakes of the hand, of character recognition and of learners.

That such mistakes are frequent: Liu et al. 2011, https://doi.org/10.1145/1967293.1967297. The groups were written for
this project: well-known pairs that differ in a stroke or a part. They are no survey of all that look alike.
"""

import numpy as np

_WRITTEN = (
    "己已巳 未末 土士 人入八 日曰 天夫 大太犬 干千于 王玉主 白自 目且 贝见 力刀 水永 木本术 牛午 鸟乌 "
    "兔免 折拆 辨辩 晴睛 请清情 候侯 拔拨 住往 今令 外处 田由甲申 问间 师帅 找我 休体 治冶 味昧 早旱 "
    "场扬 名各 历厉 货贷 很狠 般船 买卖 几九 夭夫 手毛 万方 子了 小少 公分 右石 左在 加如 可司 史吏 "
    "句旬 代伐 他地 仓仑 竞竟 幻幼 乒乓 戊戌戍 栗粟 暑署 遗遣 析折 徒徙 待侍 伴件 任仕 传转 但担 低底 "
    "作昨 使便 俩两 倍培 借惜 偏编 健建 像象 元无 兄克 先光 兵乓 准淮 凉谅 刺剌 副幅 勿匆 厂广 厕侧 "
    "受爱 变恋 叫叶 吃吐 吊币 向问 员圆 哀衷 喝渴 因困 团困 园圆 坐座 坏怀 垂重 埋理 城诚 夏复 失矢 "
    "夹来 奋备 如奴 始治 姑始 娘狼 存在 宣宜 客容 密蜜 寒塞 导异 尤龙 屏屈 岁罗 州洲 带常 席度 床麻 "
    "应庆 库庠 延廷 弟第 形刑 彻砌 径经 得碍 微徽 心必 忘忙 快块 怕伯 怨恕 性姓 怪径 恨狠 悔海 惊凉 "
    "想相 意竟 慢漫 戏戌 户尸 才寸"
)
GROUPS = tuple(_WRITTEN.split())
"""Characters of a group look alike."""


def _others() -> dict[str, str]:
    found: dict[str, str] = {}
    for group in GROUPS:
        for character in group:
            known = found.get(character, "")
            found[character] = known + "".join(one for one in group if one != character and one not in known)
    return found


OTHERS = _others()
"""Character -> characters that look like it."""


def lookalike(word: str, random: np.random.Generator) -> str | None:
    """Replace one character of a word by one that looks alike; ``None`` where no group holds one."""
    places = [place for place, character in enumerate(word) if character in OTHERS]
    if not places:
        return None
    place = places[random.integers(len(places))]
    others = OTHERS[word[place]]
    return word[:place] + others[random.integers(len(others))] + word[place + 1 :]
