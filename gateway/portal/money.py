"""Amounts as people type them, in yuan, and as services take them, in fen."""

import re

_YUAN = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2}))?")


def fen_of(typed: str) -> int | None:
    """`61,728.39` is 6172839; None for what is no amount in yuan with at most two decimals."""
    match = _YUAN.fullmatch(typed.replace(",", "").replace("，", "").strip())
    if match is None:
        return None
    whole, part = match.groups()
    return int(whole) * 100 + int((part or "").ljust(2, "0"))


def yuan_of(fen: int) -> str:
    """6172839 is `61728.39`, for a field that is to be filled in."""
    return f"{fen // 100}.{fen % 100:02d}"
