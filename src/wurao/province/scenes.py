"""What the generator plants, by name: the kinds that must be stopped, and the scenes that must get through.

A `Scene` is what an event is part of, known because the generator made it so. `PLANTED` are the unwanted kinds, in
the order in which the demo shows them; all others are life. `TITLES` has their Chinese and English names.
"""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np


class Scene(IntEnum):
    """What an event is part of. Up to `LET_THROUGH` it is life; from `DIALLER` on it is planted."""

    FRIENDS = 0
    COURIER = auto()
    TO_BUSINESS = auto()
    EMERGENCY_CALL = auto()
    FAMILY_ABROAD = auto()
    FAMILY_ROAMING = auto()
    ALERT = auto()
    PUBLIC_SAFETY = auto()
    AMBULANCE = auto()
    SCHOOL = auto()
    HOSPITAL = auto()
    SERVICE_MESSAGE = auto()
    ONE_TIME_CODE = auto()
    CODE_AMID_FLOOD = auto()
    MARKETING_ALLOWED = auto()
    MARKETING_CONSENTED = auto()
    OWN_LENDER = auto()
    LOOK_UP = auto()
    LET_THROUGH = auto()
    DIALLER = auto()
    DIALLER_OVERSEAS = auto()
    ONE_RING = auto()
    FLOOD_CALLS = auto()
    FLOOD_MESSAGES = auto()
    CODE_BOMB = auto()
    FAKE_PUBLIC_SERVICE = auto()
    FAKE_BANK_OVERSEAS = auto()
    FAKE_BANK_DOMESTIC = auto()
    ORDERED_FRAUD = auto()
    ORDERED_HARASSMENT = auto()
    OVER_LIMIT = auto()
    SIGNED_FOR_ANOTHER = auto()
    UNALLOCATED = auto()
    IMPOSSIBLE = auto()
    DO_NOT_ORIGINATE = auto()
    DOMESTIC_FROM_OVERSEAS = auto()
    OVERSEAS_REFUSED = auto()
    DENIED_NUMBER = auto()
    NOT_ON_MY_LIST = auto()
    MARKETING_REFUSED = auto()
    MARKETING_HOURS = auto()
    CONSENT_REVOKED = auto()
    CONSENT_OTHER_CATEGORY = auto()
    DEBT_REFUSED = auto()
    OVER_CEILING = auto()
    UNREGISTERED = auto()
    SUSPENDED_SENDER = auto()
    LAPSED_HEADER = auto()
    NO_TEMPLATE = auto()
    ATTESTATION_MISSING = auto()
    BLOCKED_DOMAIN = auto()
    FRAUD_TEXT = auto()


SCENES = tuple(scene.name.lower() for scene in Scene)
"""The name of each scene, as `truth.parquet` carries it, at its own integer."""

PLANTED = tuple(scene for scene in Scene if scene > Scene.LET_THROUGH)
WANTED = tuple(scene for scene in Scene if scene < Scene.LET_THROUGH)

NOTHING, LABEL, STOP = 0, 1, 2
"""What the callee's wish lets Wurao do about a planted event; a kind with `NOTHING` is not counted as planted."""
SHOULD = ("nothing", "label", "stop")

OFF_LABEL_STANDARD_STRICT = {
    "velocity": np.array([NOTHING, LABEL, STOP, STOP], dtype=np.int8),
    "registration": np.array([NOTHING, LABEL, LABEL, STOP], dtype=np.int8),
}
"""What each guard level lets Wurao do (DESIGN 5, the table of guard levels), for what is planted here."""

TITLES = {
    Scene.FRIENDS: ("亲友通话", "family and friends"),
    Scene.COURIER: ("快递与网约车", "couriers and drivers"),
    Scene.TO_BUSINESS: ("打给商家与热线", "calls to firms and hotlines"),
    Scene.EMERGENCY_CALL: ("拨打急救电话", "calls to 110, 119, 120, 122"),
    Scene.FAMILY_ABROAD: ("海外亲友", "family abroad"),
    Scene.FAMILY_ROAMING: ("国际漫游亲友", "family roaming abroad"),
    Scene.ALERT: ("灾害预警", "disaster warnings"),
    Scene.PUBLIC_SAFETY: ("公共安全来电", "calls from 110, 120, 96110"),
    Scene.AMBULANCE: ("急救回拨", "the ambulance ringing back"),
    Scene.SCHOOL: ("学校通知家长", "a school calling its parents"),
    Scene.HOSPITAL: ("医院服务来电", "hospitals"),
    Scene.SERVICE_MESSAGE: ("服务与交易短信", "service and transaction messages"),
    Scene.ONE_TIME_CODE: ("验证码", "one-time codes"),
    Scene.CODE_AMID_FLOOD: ("轰炸中的验证码", "one-time codes amid a flood"),
    Scene.MARKETING_ALLOWED: ("意愿允许的营销", "marketing that the wish allows"),
    Scene.MARKETING_CONSENTED: ("已同意的营销", "marketing with a consent"),
    Scene.OWN_LENDER: ("已同意的催收", "one's own lender, with a consent"),
    Scene.LOOK_UP: ("平常的域名查询", "look-ups of ordinary names"),
    Scene.LET_THROUGH: ("不欢迎但意愿放行", "unwelcome, but the wish lets it through"),
    Scene.DIALLER: ("境内群呼", "diallers at home"),
    Scene.DIALLER_OVERSEAS: ("境外群呼", "diallers overseas"),
    Scene.ONE_RING: ("响一声", "one-ring calls"),
    Scene.FLOOD_CALLS: ("电话轰炸", "a flood of calls at one person"),
    Scene.FLOOD_MESSAGES: ("短信轰炸", "a flood of messages at one person"),
    Scene.CODE_BOMB: ("验证码轰炸", "a bomb of one-time codes"),
    Scene.FAKE_PUBLIC_SERVICE: ("冒充 110 等", "fakes of 110 and the like"),
    Scene.FAKE_BANK_OVERSEAS: ("境外冒充银行", "fakes of banks from overseas"),
    Scene.FAKE_BANK_DOMESTIC: ("境内冒充银行", "fakes of banks at home"),
    Scene.ORDERED_FRAUD: ("涉诈处置令对象", "under an order for fraud"),
    Scene.ORDERED_HARASSMENT: ("骚扰处置令对象", "under an order for harassment"),
    Scene.OVER_LIMIT: ("超出限额", "above the limit of an order"),
    Scene.SIGNED_FOR_ANOTHER: ("签名与号码不符", "signed for another number"),
    Scene.UNALLOCATED: ("未分配号码", "unallocated numbers"),
    Scene.IMPOSSIBLE: ("不可能的号码", "impossible numbers"),
    Scene.DO_NOT_ORIGINATE: ("只接不打的号码", "do-not-originate numbers"),
    Scene.DOMESTIC_FROM_OVERSEAS: ("境外来的境内号码", "domestic numbers from overseas"),
    Scene.OVERSEAS_REFUSED: ("拒绝的境外来电", "overseas, where refused"),
    Scene.DENIED_NUMBER: ("本人黑名单", "on the subscriber's deny list"),
    Scene.NOT_ON_MY_LIST: ("不在本人名单", "not on an only-my-list"),
    Scene.MARKETING_REFUSED: ("拒绝的营销", "marketing refused by category"),
    Scene.MARKETING_HOURS: ("拒绝时段的营销", "marketing at refused hours"),
    Scene.CONSENT_REVOKED: ("同意已撤回或到期", "consent revoked or expired"),
    Scene.CONSENT_OTHER_CATEGORY: ("同意另作他用", "consent given for another category"),
    Scene.DEBT_REFUSED: ("拒绝的催收", "debt collection, where refused"),
    Scene.OVER_CEILING: ("发送方超出上限", "a sender above its ceiling"),
    Scene.UNREGISTERED: ("未登记的商业发送方", "unregistered commercial senders"),
    Scene.SUSPENDED_SENDER: ("已暂停的发送方", "suspended senders"),
    Scene.LAPSED_HEADER: ("号码登记已过期", "headers out of time"),
    Scene.NO_TEMPLATE: ("无模板短信", "messages that match no template"),
    Scene.ATTESTATION_MISSING: ("缺少认证", "attestation missing"),
    Scene.BLOCKED_DOMAIN: ("涉诈域名", "fraud domains"),
    Scene.FRAUD_TEXT: ("涉诈短信文本", "fraud by the text alone"),
}
