"""What is said of a request for a consent, to the subscriber and to a guardian; and what a firm is called."""

from __future__ import annotations

from wurao.control.consents.models import Request
from wurao.control.consents.terms import places
from wurao.control.firms.words import ALL_CATEGORY_WORDS, CHANNEL_WORDS
from wurao.control.message_words import first_word
from wurao.control.registry import rows
from wurao.wishes import CATEGORIES, WISH_CHANNELS

ASKED = (
    "【勿扰】{firm}想以{channels}向您发送{categories}：“{wording}”。"
    "同意请回复 {agree}{code}，或把验证码 {code} 告诉对方，或登录勿扰；"
    "不同意可回复 {refuse}{code}，不理会即为不同意。"
    "Wurao: {firm} asks for your consent; {agree}{code} agrees, {refuse}{code} declines, silence means no."
)
GIVEN = (
    "【勿扰】您已同意{firm}：{categories}（{channels}）。撤回请登录勿扰，或回复 {revoke} 加企业名称。"
    "Wurao: consent given; to take it back, reply {revoke} and the name."
)
DECLINED = "【勿扰】您已拒绝{firm}，对方不会再就此征求。Wurao: declined; you will not be asked for this again."
WANTED = ("同意{firm}以{channels}发送{categories}", "consent to what {firm} sends")
"""What a guardian is asked about, in both languages."""


def told(text: str, request: Request, **more: str) -> str:
    """One of these texts about a request."""
    categories = "、".join(ALL_CATEGORY_WORDS[CATEGORIES[place]][0] for place in places(request.categories))
    channels = "、".join(CHANNEL_WORDS[WISH_CHANNELS[place]][0] for place in places(request.channels))
    named = {"firm": firm_name(request.sender_id), "wording": request.wording}
    words = {command: first_word(command) for command in ("agree", "refuse", "revoke")}
    return text.format(categories=categories, channels=channels, **named, **words, **more)


def firm_name(sender_id: str) -> str:
    """What a firm is called."""
    row = rows.row_of("senders", (sender_id,))
    return row["name"] if row else sender_id
