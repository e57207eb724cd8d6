"""What the pages of firms call things, Chinese and English."""

from __future__ import annotations

from wurao.control.wishes.words import CATEGORY_WORDS, CHANNEL_WORDS
from wurao.wishes import CATEGORIES

Words = tuple[str, str]

ALL_CATEGORY_WORDS: dict[str, Words] = {
    **CATEGORY_WORDS,
    "service": ("服务通知", "Service"),
    "transaction": ("交易与验证码", "Transactions, codes"),
    "government": ("政务", "Government"),
    "debt_collection": ("催收", "Debt collection"),
}
PURPOSE_WORDS: dict[str, Words] = {
    "marketing": ("营销", "Marketing"),
    "service": ("服务通知", "Service"),
    "transaction": ("交易通知", "Transaction"),
    "otp": ("验证码", "One-time codes"),
}
STATE_WORDS: dict[str, Words] = {
    "unconfirmed": ("等待验证码", "Waits for its code"),
    "waiting": ("等待审核", "Waits for review"),
    "refused": ("未通过", "Refused"),
    "accepted": ("已通过", "Accepted"),
    "withdrawn": ("已撤回", "Withdrawn"),
    "valid": ("有效", "Valid"),
    "suspended": ("已暂停", "Suspended"),
    "over": ("已过期", "Over"),
    "active": ("有效", "Active"),
}
STEP_WORDS: dict[str, Words] = {
    "submitted": ("提交", "Submitted"),
    "refused": ("未通过", "Refused"),
    "accepted": ("通过", "Accepted"),
    "withdrawn": ("撤回", "Withdrawn"),
    "suspended": ("暂停", "Suspended"),
    "lifted": ("恢复", "Lifted"),
    "trunk_given": ("开通中继", "Trunk given"),
    "trunk_taken": ("取消中继", "Trunk taken"),
    "ended": ("终止", "Ended"),
}
CONTENT_WORDS: dict[str, Words] = {
    "name": ("企业名称", "Name"),
    "credit_code": ("统一社会信用代码", "Unified social credit code"),
    "categories": ("类别", "Categories"),
    "contact_name": ("联系人", "Contact"),
    "contact_number": ("联系人号码", "Contact's number"),
    "header": ("号码", "Number"),
    "category": ("类别", "Category"),
    "assignment": ("号码分配文号", "Assignment"),
    "proof": ("证明文件", "Document"),
    "body": ("模板", "Body"),
    "sample": ("样例", "Sample"),
    "purpose": ("用途", "Purpose"),
}

__all__ = [
    "ALL_CATEGORY_WORDS",
    "CHANNEL_WORDS",
    "CONTENT_WORDS",
    "PURPOSE_WORDS",
    "STATE_WORDS",
    "STEP_WORDS",
    "Words",
    "categories_of",
]


def categories_of(bits: int) -> list[str]:
    """The codes of the categories whose bits are set."""
    return [code for place, code in enumerate(CATEGORIES) if bits >> place & 1]
