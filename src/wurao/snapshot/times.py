"""Time in the engine: microseconds since 1970 in UTC; hours and days in China Standard Time (no summer time)."""

from __future__ import annotations

from typing import Final

NEVER: Final = 1 << 56
"""A time that does not come."""
SECOND: Final = 1_000_000
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
CHINA: Final = 8 * HOUR
"""China Standard Time is eight hours ahead of UTC."""
