"""The shipped classifier on texts written here: what friends send comes through, and fraud in plain words does not.

Its figures are measured by `wurao content evaluate` on sets that are not committed; these are the texts that a person
would try first. None is from a set or a script.
"""

from __future__ import annotations

import pytest

from tests.content.toys import judged
from tests.screening.made import DEFAULTS
from wurao.content.classes import CLASSES
from wurao.content.judging import shipped

BLOCKED, LABELLED = DEFAULTS.block_threshold, DEFAULTS.label_threshold

FRIENDS = (
    "妈，我明天到，照片在 http://www.bad.example.com/x 里，你看看，电话还是 13800138000",
    "会议资料在 https://files.example.cn/a/7 上，到了给我打 13912345678",
    "到了给我打 13800138000",
    "晚饭订在这家 https://dianping.example/shop/991，找不到就打我 18635110001",
    "小区群里发的团购表 https://docs.qq.com/sheet/DUkZ 你填一下",
    "爸，我手机进水了，这两天先打我同学的 15935100012",
    "婚礼流程和地图放这里了 wedding.example.com/li-zhao，停车问我弟 13603510009",
    "作业第三题看这个视频 b23.tv/Ab3dE9k 讲得清楚",
    "搬家公司的王师傅 13503516677，就说是我介绍的",
    "周六骑行路线 www.trail.example.net/r/55 ，迟到的自己追，我电话你有",
    "体检报告 PDF 传到网盘了 pan.baidu.com/s/1xYz 提取码 8k2m",
    "下车走B口，接你的是老周，号码13753190021，白色车",
    "论文我改了一版 https://overleaf.example/p/aa12 麻烦您再看看",
    "幼儿园的照片老师传到 http://album.example.cn/xiaoer 了，可好看了",
    "快递帮我收一下，是冰箱，让师傅打 0351-7654321",
    "See you at the station, map: https://maps.example.org/x1, ring 13800138000 if lost",
    "Photos from Sunday are here https://photos.example.org/s/9 hope you like them",
)
FRAUD = (
    "您的工商银行账户异常，请立即登录 http://icbc-safe.example.top 认证，逾期冻结",
    "我是公安局刑侦支队民警，你名下银行卡涉嫌洗钱，请把资金转到安全账户配合审查",
    "刷单兼职日结三百，先垫付本金，做完马上连本带利返还，加微信 zz8899 领任务",
    "您申请的贷款已批，放款前请先交两千元解冻费到指定账户",
)


def scores(*texts: str) -> list[float]:
    return [float(row[0]) for row in judged(shipped(), *texts)]


@pytest.mark.parametrize("text", FRIENDS)
def test_a_link_or_a_number_alone_does_not_speak_against_a_friend(text: str):
    assert scores(text)[0] < BLOCKED


def test_next_to_none_of_what_friends_send_is_even_labelled():
    labelled = [text for text, score in zip(FRIENDS, scores(*FRIENDS), strict=True) if score >= LABELLED]
    assert len(labelled) <= 1, labelled


@pytest.mark.parametrize("text", FRAUD)
def test_fraud_in_plain_words_is_stopped(text: str):
    ((score, _, class_of, *_),) = judged(shipped(), text)
    assert score >= BLOCKED
    assert CLASSES[int(class_of)] == "fraud"
