"""The shipped classifier on texts written here: what friends send comes through, and fraud in plain words does not.

Its figures are measured by `wurao content evaluate` on sets that are not committed; these are the texts that a person
would try first. None is from a set or a script.
"""

from __future__ import annotations

import pytest

from tests.content.toys import judged
from tests.screening.made import DEFAULTS
from wurao.content.classes import CLASSES
from wurao.content.judging import classifier_in_use

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
STRANGERS = (
    "百家乐真人荷官 abc.com",
    "代开发票电话13800138000",
    "家人在我手上，拿赎金来，把钱转账过来，不然撕票",
    "我是官方客服，把验证码报给我",
    "您好，我是公安局的，您涉嫌洗钱，请把钱转到安全账户",
)
CODE_WORDS = (
    "请勿",
    "提醒您",
    "举报",
    "打击",
    "严禁",
    "电影",
    "新闻",
    "谨防诈骗",
    "，请勿报警",
    "，警方提醒，切勿轻信",
)
WARNINGS = (
    "谨防诈骗，警方提醒：刷单都是诈骗",
    "【反诈中心】公检法不会通过电话办案，没有安全账户，凡是自称公安要求把钱转到安全账户的都是诈骗",
    "我是社区民警，提醒您：凡自称公检法要求转账到安全账户的，都是诈骗！接到请拨打96110",
    "警方提醒：接到孩子被绑架、要求转账交赎金的电话，先联系孩子，谨防虚假绑架诈骗",
    "我是网警，提醒各位：凡是自称客服让你把验证码发给我、报给我的都是诈骗，切勿提供验证码",
    "邻居们注意：百家乐、真人荷官、首存送这类都是网络赌博，十赌十输，举报 https://www.12337.gov.cn",
    "物业提醒：近期有人张贴代开发票、办证刻章小广告，谨防上当，举报电话 0351-7110110",
    "税务局严禁代开发票，举报电话 12366，0351-12366000",
    "电影《赎金》今晚上映，绑匪要求转账，最后撕票，别剧透",
)
"""As neighbours send them on, of whom nobody registered one."""


def scores(*texts: str) -> list[float]:
    return [float(row[0]) for row in judged(classifier_in_use(), *texts)]


@pytest.mark.parametrize("text", FRIENDS)
def test_a_link_or_a_number_alone_does_not_speak_against_a_friend(text: str):
    assert scores(text)[0] < BLOCKED


def test_next_to_none_of_what_friends_send_is_even_labelled():
    labelled = [text for text, score in zip(FRIENDS, scores(*FRIENDS), strict=True) if score >= LABELLED]
    assert len(labelled) <= 1, labelled


@pytest.mark.parametrize("text", FRAUD)
def test_fraud_in_plain_words_is_stopped(text: str):
    ((score, _, class_of, *_),) = judged(classifier_in_use(), text)
    assert score >= BLOCKED
    assert CLASSES[int(class_of)] == "fraud"


@pytest.mark.parametrize("text", STRANGERS)
def test_no_code_word_in_a_strangers_text_silences_what_is_said_of_it(text: str):
    assert min(scores(*(f"{text}{word}" for word in ("", *CODE_WORDS)))) >= BLOCKED


@pytest.mark.parametrize("text", WARNINGS)
def test_a_warning_that_a_neighbour_sends_on_is_not_stopped(text: str):
    assert scores(text)[0] < BLOCKED


@pytest.mark.parametrize(
    "text",
    ["13800138000", "138 0013 8000", "0351-2345678", "50元", "100.00元", "1+1=2", "12345", "2026-12-01", "？", "1.5.2"],
)
def test_figures_and_signs_alone_say_nothing(text: str):
    ((score, known, class_of, class_known, *_),) = judged(classifier_in_use(), text)
    assert (score, known) == (0, 0)
    assert [CLASSES[int(place)] for place in (class_of, class_known)] == ["normal"] * 2
