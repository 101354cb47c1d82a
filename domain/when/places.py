"""Names of zones as people say them beside a time."""

from __future__ import annotations

from typing import Final

_ENGLISH: Final = {
    "America/New_York": "new york,eastern,us eastern,boston,miami,washington",
    "America/Chicago": "chicago,central,us central,texas,houston,dallas",
    "America/Denver": "denver,mountain,us mountain",
    "America/Los_Angeles": "los angeles,la,pacific,us pacific,california,san francisco,seattle",
    "America/Toronto": "toronto",
    "America/Vancouver": "vancouver",
    "America/Sao_Paulo": "sao paulo",
    "Asia/Shanghai": "beijing,peking,china,shanghai",
    "Asia/Hong_Kong": "hong kong,hongkong",
    "Asia/Taipei": "taipei,taiwan",
    "Asia/Tokyo": "tokyo,japan",
    "Asia/Seoul": "seoul,korea",
    "Asia/Singapore": "singapore",
    "Asia/Kolkata": "india,indian,delhi,mumbai",
    "Asia/Dubai": "dubai",
    "Australia/Sydney": "sydney,melbourne",
    "Australia/Brisbane": "brisbane",
    "Australia/Perth": "perth",
    "Pacific/Auckland": "auckland",
    "Europe/London": "london,uk",
    "Europe/Dublin": "dublin",
    "Europe/Paris": "paris",
    "Europe/Berlin": "berlin,german",
    "Europe/Madrid": "madrid",
    "Europe/Rome": "rome",
    "Europe/Moscow": "moscow",
}
_CHINESE: Final = {
    "Asia/Shanghai": "北京,中国,上海",
    "Asia/Urumqi": "新疆,乌鲁木齐",
    "Asia/Hong_Kong": "香港",
    "Asia/Macau": "澳门",
    "Asia/Taipei": "台北,台湾",
    "Asia/Tokyo": "东京,日本",
    "Asia/Seoul": "首尔,韩国",
    "Asia/Singapore": "新加坡",
    "Asia/Kolkata": "印度",
    "Asia/Dubai": "迪拜",
    "Europe/London": "伦敦,英国",
    "Europe/Paris": "巴黎,法国",
    "Europe/Berlin": "柏林,德国",
    "Europe/Moscow": "莫斯科",
    "America/New_York": "纽约,美东,美国东部",
    "America/Chicago": "芝加哥,美中,美国中部",
    "America/Denver": "丹佛,美国山地",
    "America/Los_Angeles": "洛杉矶,旧金山,西雅图,美西,美国西部",
    "America/Toronto": "多伦多",
    "America/Vancouver": "温哥华",
    "Australia/Sydney": "悉尼,墨尔本",
    "Pacific/Auckland": "奥克兰",
}


def _by_name(table: dict[str, str]) -> dict[str, str]:
    return {name: zone for zone, names in table.items() for name in names.split(",")}


ENGLISH_PLACES: Final = _by_name(_ENGLISH)
"""Zones by what stands before `time`."""
CHINESE_PLACES: Final = _by_name(_CHINESE)
"""Zones by what stands before 时间."""
