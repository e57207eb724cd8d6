"""One operator by whatever name it goes: the numbering plan's name for the short codes and names that are in use.

Registries write `cmcc` or 移动, the plan 中国移动; whoever compares the two asks here. Another name stays as it is.
Called by the control plane, and for ported numbers.
"""

from __future__ import annotations

_NAMES = {
    "中国移动": ("cmcc", "移动", "china mobile"),
    "中国联通": ("cucc", "联通", "china unicom"),
    "中国电信": ("ctcc", "电信", "china telecom"),
    "中国广电": ("cbn", "广电", "china broadnet"),
}
_BY_NAME = {name: plans for plans, names in _NAMES.items() for name in names}


def operator_name(text: str) -> str:
    """The plan's name of an operator."""
    return _BY_NAME.get(text.strip().lower(), text.strip())
