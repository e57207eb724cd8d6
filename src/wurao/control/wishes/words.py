"""What the page and the messages call the parts of a wish, Chinese and English."""

from __future__ import annotations

from wurao.wishes import BANDS, DAY_TYPES, GUARDS, MARKETING_CATEGORIES, NOTICES, WISH_CHANNELS

Words = tuple[str, str]

CATEGORY_WORDS: dict[str, Words] = {
    "finance": ("金融", "Finance"),
    "property": ("房产", "Property"),
    "education": ("教育", "Education"),
    "health": ("健康", "Health"),
    "retail": ("零售", "Retail"),
    "telecom_media": ("电信与传媒", "Telecom, media"),
    "travel": ("旅行", "Travel"),
    "food": ("餐饮", "Food"),
    "other": ("其他", "Other"),
}
CHANNEL_WORDS: dict[str, Words] = {
    "call": ("人工电话", "Calls"),
    "message": ("短信", "Messages"),
    "autocall": ("自动语音", "Automatic calls"),
}
DAY_WORDS: dict[str, Words] = {
    "weekday": ("工作日", "Weekday"),
    "weekend": ("周末", "Weekend"),
    "public_holiday": ("法定假日", "Holiday"),
}
BAND_WORDS = tuple(f"{int(first)}–{int(last)}" for first, last in zip(BANDS, (*BANDS[1:], "24"), strict=True))
"""From which hour to which."""
GUARD_WORDS: dict[str, Words] = {
    "off": ("不判断", "Off"),
    "label": ("只提示", "Label"),
    "standard": ("标准", "Standard"),
    "strict": ("严格", "Strict"),
}
GUARD_MEANS: dict[str, Words] = {
    "off": ("系统不自行判断。", "Nothing is judged."),
    "label": ("可疑的照常接通，显示提示。", "What is suspect comes through with a warning."),
    "standard": ("明显骚扰或诈骗的拦下，可疑的提示。", "What is clearly harassment or fraud is stopped."),
    "strict": ("可疑的也拦下，偶尔可能误拦。", "What is suspect is stopped too, now and then wrongly."),
}
NOTICE_WORDS: dict[str, Words] = {
    "each": ("每次都告诉我", "Each time"),
    "daily": ("每天一次", "Once a day"),
    "none": ("不用告诉我", "Not at all"),
}
SWITCH_WORDS: dict[str, Words] = {
    "overseas_calls": ("接听境外及港澳台来电", "Calls from overseas, Hong Kong, Macao and Taiwan"),
    "overseas_messages": ("接收境外及港澳台短信", "Messages from overseas, Hong Kong, Macao and Taiwan"),
    "unregistered": ("接收未登记的商业来电来信", "Commercial senders that are not registered"),
    "debt_collection": ("接收催收", "Debt collection"),
}
"""On means let through."""
ACTION_WORDS: dict[str, Words] = {"allow": ("放行", "let through"), "deny": ("拦截", "stopped")}
CONTENT_CONSENT: Words = (
    "我同意：勿扰在我的短信送达前由程序读取正文，只为判断是否诈骗、违法或营销；读后即弃，不保存、不转交、不给人看。"
    "我可以随时在此关闭，关闭后不再读取。",
    "I agree that a program reads the text of messages to me before they are delivered, only to judge whether they are "
    "fraud, illegal or marketing. It is forgotten at once: not kept, not passed on, seen by nobody. I can switch this "
    "off here at any time, and then nothing is read.",
)

CATEGORIES = tuple((code, CATEGORY_WORDS[code]) for code in MARKETING_CATEGORIES)
CHANNELS = tuple((code, CHANNEL_WORDS[code]) for code in WISH_CHANNELS)
DAYS = tuple((code, DAY_WORDS[code]) for code in DAY_TYPES)
GUARD_CHOICES = tuple((code, GUARD_WORDS[code], GUARD_MEANS[code]) for code in GUARDS)
NOTICE_CHOICES = tuple((code, NOTICE_WORDS[code]) for code in NOTICES)
