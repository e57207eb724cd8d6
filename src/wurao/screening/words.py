"""What people call the rules, the actions, and what is found in a text: one place for command line and console."""

from __future__ import annotations

RULES_ZH = {
    "public_safety": "公共安全",
    "order_fraud": "涉诈处置令",
    "identity": "号码真伪",
    "my_lists": "我的名单",
    "order_harassment": "骚扰处置令",
    "only_my_list": "仅限名单",
    "velocity": "频次与防护盾",
    "content": "短信内容",
    "registration": "登记",
    "consent": "同意",
    "wishes": "意愿",
    "nothing_spoke": "无异议",
}
RULES_EN = {
    "public_safety": "Public safety",
    "order_fraud": "Orders for fraud",
    "identity": "Whether the number is true",
    "my_lists": "My lists",
    "order_harassment": "Orders for harassment",
    "only_my_list": "Only my list",
    "velocity": "Frequency and flood shield",
    "content": "What a message says",
    "registration": "Registration",
    "consent": "Consent",
    "wishes": "Wishes",
    "nothing_spoke": "Nothing spoke",
}
ACTIONS_ZH = {"allow": "放行", "label": "提示", "divert": "转存", "block": "拦截"}
CLASSES_ZH = {
    "normal": "正常",
    "service": "服务",
    "otp": "验证码",
    "marketing": "营销",
    "fraud": "诈骗",
    "illegal": "违法",
}
FINDS_ZH = {
    "LINK": "链接",
    "PHONE": "电话",
    "QQ": "QQ",
    "WECHAT": "微信",
    "AMOUNT": "金额",
    "CODE": "验证码",
    "UNSUBSCRIBE": "退订",
    "SIGNATURE": "签名",
}
