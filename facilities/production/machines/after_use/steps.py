"""The steps that a booking may take after its use, in words. Each is an event, and a line of the history."""

from collections.abc import Mapping

from shared.text import Text

AFTER_USE: Mapping[str, Text] = {
    "quality-recorded": Text("已登记质量结果", "The owner has recorded the quality of what was made"),
    "quality-accepted": Text("质量结果已验收", "The quality was accepted, or nobody objected in time"),
    "concession-proposed": Text("提出让步接收", "A price reduction for accepting deviations was proposed"),
    "concession-agreed": Text("让步接收已达成", "Both sides agreed to a price reduction for deviations"),
    "concession-ended": Text(
        "让步接收未达成", "A proposed price reduction was declined or taken back, or lapsed"
    ),
    "dispute-opened": Text("已提出争议", "One side has opened a dispute about a booking"),
    "dispute-stated": Text("争议有新的陈述或证据", "One side has said or handed in something in a dispute"),
    "settlement-proposed": Text("提出和解方案", "One side has offered an amount to settle a dispute"),
    "settlement-ended": Text("和解方案未达成", "An offer to settle was declined, taken back or lapsed"),
    "dispute-settled": Text("争议已和解", "Both sides have settled a dispute"),
    "dispute-decided": Text("争议已裁定", "The park's operator has decided a dispute"),
    "dispute-withdrawn": Text("争议已撤回", "The side that had opened a dispute has withdrawn it"),
    "rated": Text("已作出评价", "One side has rated the other; what it says is not shown yet"),
    "ratings-shown": Text("评价已公开", "What the two sides have said of each other is shown"),
    "rating-answered": Text("已回复评价", "The side that was rated has answered"),
    "rating-hidden": Text("评价文字已被隐藏", "The park's operator has hidden the text of a rating"),
}
