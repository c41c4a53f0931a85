"""What a decision on funds may grant, and what a payment may pay."""

from collections.abc import Iterator
from datetime import date

from approvals.funds.model import FundClaim, FundGrant
from approvals.items.amounts import yuan_text
from shared.calendar import say_date
from shared.errors import FieldError
from shared.text import Text

_NO_AMOUNT = Text("此事项不拨付资金，不能填写金额", "This item pays no funds, so there is no amount to give")
_REFUSED = Text("不予拨付的，不填写金额", "A refusal has no amount")
_MORE = Text(
    "拨付金额不能超过申请金额{asked}元", "No more can be granted than the {asked} yuan that were asked for"
)
_LESS = Text("拨付金额低于申请金额的，请说明理由", "Say why less is granted than was asked for")
_OTHER = Text("实际拨付金额应当等于决定的金额{granted}元", "What is paid is what was granted: {granted} yuan")
_VOUCHER = Text("请填写拨付凭证号", "Give the number of the voucher")
_BEFORE = Text(
    "拨付日期不能早于作出决定之日（{day}）", "It cannot have been paid before the decision of {day}"
)
_FUTURE = Text("拨付日期不能晚于今天", "It cannot have been paid later than today")


def wrong_amount(
    claim: FundClaim | None, *, granted: bool, amount_fen: int | None, reason: str
) -> Iterator[FieldError]:
    """What is wrong with the amount of a decision; None means all that was asked for."""
    if amount_fen is None:
        return
    if claim is None or not granted:
        yield FieldError("/amount_fen", "choice", _NO_AMOUNT if claim is None else _REFUSED)
    elif amount_fen > claim.asked_fen:
        yield FieldError("/amount_fen", "maximum", _MORE.format(asked=yuan_text(claim.asked_fen)))
    elif amount_fen < claim.asked_fen and not reason.strip():
        yield FieldError("/reason", "required", _LESS)


def wrong_payment(
    grant: FundGrant, *, amount_fen: int, paid_on: date, voucher: str, decided_on: date, today: date
) -> Iterator[FieldError]:
    """What is wrong with the record of a payment."""
    if amount_fen != grant.amount_fen:
        yield FieldError("/amount_fen", "const", _OTHER.format(granted=yuan_text(grant.amount_fen)))
    if paid_on < decided_on:
        yield FieldError("/paid_on", "before-decision", _BEFORE.format(day=say_date(decided_on)))
    elif paid_on > today:
        yield FieldError("/paid_on", "future", _FUTURE)
    if not voucher.strip():
        yield FieldError("/voucher", "required", _VOUCHER)
