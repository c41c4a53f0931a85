"""Number plates of motor vehicles (机动车号牌, GA 36): what they look like, of which kind, what drives them.

The forms of ordinary plates with their endings and of new-energy plates, the letters of new energy, and that
I and O do not occur are as published alike in many sources; the text of GA 36 was not read. Every other form
(embassy, consulate, armed police, military, civil aviation, emergency rescue) and the colours are assumptions
of ours, wide rather than narrow: a barrier that refuses a plate which exists does more harm than one that
takes a plate for possible which is never issued.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.identifiers.errors import Caution, PlateError
from shared.text import Text

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which nobody can tell from 1 and 0."""
DIGITS = "0123456789"
ELECTRIC = "ABCDE"
"""The letters of new-energy plates that say: driven by a battery alone."""
OTHER_NEW_ENERGY = "FGHJK"
"""The letters that say: new energy of another kind, such as a plug-in hybrid or a fuel cell."""


class PlateKind(StrEnum):
    """What a plate is for."""

    ORDINARY = "ordinary"
    TRAILER = "trailer"
    LEARNER = "learner"
    POLICE = "police"
    HONG_KONG = "hong_kong"
    MACAO = "macao"
    TEST = "test"
    OVERSIZE = "oversize"
    NEV_SMALL = "nev_small"
    NEV_LARGE = "nev_large"
    EMBASSY = "embassy"
    CONSULATE = "consulate"
    ARMED_POLICE = "armed_police"
    MILITARY = "military"
    CIVIL_AVIATION = "civil_aviation"
    EMERGENCY = "emergency"


KIND_NAMES: dict[PlateKind, Text] = {
    PlateKind.ORDINARY: Text("普通汽车", "Ordinary"),
    PlateKind.TRAILER: Text("挂车", "Trailer"),
    PlateKind.LEARNER: Text("教练车", "Driving school"),
    PlateKind.POLICE: Text("警车", "Police"),
    PlateKind.HONG_KONG: Text("香港入出境车", "Hong Kong"),
    PlateKind.MACAO: Text("澳门入出境车", "Macao"),
    PlateKind.TEST: Text("试验车", "Test vehicle"),
    PlateKind.OVERSIZE: Text("超限车", "Oversize vehicle"),
    PlateKind.NEV_SMALL: Text("小型新能源汽车", "New energy, small"),
    PlateKind.NEV_LARGE: Text("大型新能源汽车", "New energy, large"),
    PlateKind.EMBASSY: Text("使馆汽车", "Embassy"),
    PlateKind.CONSULATE: Text("领馆汽车", "Consulate"),
    PlateKind.ARMED_POLICE: Text("武警车辆", "Armed police"),
    PlateKind.MILITARY: Text("军车", "Military"),
    PlateKind.CIVIL_AVIATION: Text("民航车辆", "Civil aviation"),
    PlateKind.EMERGENCY: Text("应急救援车", "Emergency rescue"),
}


class PlateColor(StrEnum):
    """What a camera says of the colour of a plate."""

    BLUE = "blue"
    YELLOW = "yellow"
    GREEN = "green"
    GRADIENT_GREEN = "gradient_green"
    YELLOW_GREEN = "yellow_green"
    WHITE = "white"
    BLACK = "black"


COLOR_NAMES: dict[PlateColor, Text] = {
    PlateColor.BLUE: Text("蓝色", "blue"),
    PlateColor.YELLOW: Text("黄色", "yellow"),
    PlateColor.GREEN: Text("绿色", "green"),
    PlateColor.GRADIENT_GREEN: Text("渐变绿色", "fading green"),
    PlateColor.YELLOW_GREEN: Text("黄绿双拼色", "yellow and green"),
    PlateColor.WHITE: Text("白色", "white"),
    PlateColor.BLACK: Text("黑色", "black"),
}

_GREENS = frozenset({PlateColor.GREEN, PlateColor.GRADIENT_GREEN, PlateColor.YELLOW_GREEN})
_ANY = frozenset(PlateColor)
USUAL_COLORS: dict[PlateKind, frozenset[PlateColor]] = {
    PlateKind.ORDINARY: frozenset({PlateColor.BLUE, PlateColor.YELLOW, PlateColor.BLACK, PlateColor.GREEN}),
    PlateKind.TRAILER: frozenset({PlateColor.YELLOW}),
    PlateKind.LEARNER: frozenset({PlateColor.YELLOW}),
    PlateKind.POLICE: frozenset({PlateColor.WHITE}),
    PlateKind.HONG_KONG: frozenset({PlateColor.BLACK}),
    PlateKind.MACAO: frozenset({PlateColor.BLACK}),
    PlateKind.TEST: _ANY,
    PlateKind.OVERSIZE: _ANY,
    PlateKind.NEV_SMALL: _GREENS - {PlateColor.YELLOW_GREEN},
    PlateKind.NEV_LARGE: _GREENS - {PlateColor.GRADIENT_GREEN},
    PlateKind.EMBASSY: frozenset({PlateColor.BLACK}),
    PlateKind.CONSULATE: frozenset({PlateColor.BLACK}),
    PlateKind.ARMED_POLICE: frozenset({PlateColor.WHITE}),
    PlateKind.MILITARY: frozenset({PlateColor.WHITE}),
    PlateKind.CIVIL_AVIATION: frozenset({PlateColor.GREEN}),
    PlateKind.EMERGENCY: frozenset({PlateColor.WHITE}),
}
"""The colours that a kind comes in: our assumption, good for a caution and for nothing else."""


class Energy(StrEnum):
    """What a plate says of what drives the car; nothing is not the same as petrol."""

    ELECTRIC = "electric"
    OTHER_NEW_ENERGY = "other_new_energy"
    UNKNOWN = "unknown"


ENERGY_NAMES: dict[Energy, Text] = {
    Energy.ELECTRIC: Text("纯电动", "Battery-electric"),
    Energy.OTHER_NEW_ENERGY: Text("其他新能源", "Other new energy"),
    Energy.UNKNOWN: Text("未知", "Not known"),
}

_ENDINGS = {
    "挂": PlateKind.TRAILER,
    "学": PlateKind.LEARNER,
    "警": PlateKind.POLICE,
    "港": PlateKind.HONG_KONG,
    "澳": PlateKind.MACAO,
    "试": PlateKind.TEST,
    "超": PlateKind.OVERSIZE,
}
_P, _L, _C = f"[{PROVINCES}]", f"[{LETTERS}]", f"[{LETTERS}{DIGITS}]"
_NEV = f"[{ELECTRIC}{OTHER_NEW_ENERGY}]"
# The group is what stands before the dot of the form for people.
_FORMS: tuple[tuple[PlateKind, re.Pattern[str]], ...] = (
    (PlateKind.ORDINARY, re.compile(f"({_P}{_L}){_C}{{5}}")),
    *((kind, re.compile(f"({_P}{_L}){_C}{{4}}{ending}")) for ending, kind in _ENDINGS.items()),
    (PlateKind.NEV_SMALL, re.compile(f"({_P}{_L}){_NEV}{_C}[0-9]{{4}}")),
    (PlateKind.NEV_LARGE, re.compile(f"({_P}{_L})[0-9]{{5}}{_NEV}")),
    (PlateKind.EMBASSY, re.compile("(使[0-9]{3})[0-9]{3}")),
    (PlateKind.EMBASSY, re.compile("([0-9]{3})[0-9]{3}使")),
    (PlateKind.CONSULATE, re.compile(f"({_P}{_L})[0-9]{{4}}领")),
    (PlateKind.CONSULATE, re.compile(f"({_P}[0-9]{{3}})[0-9]{{2}}领")),
    (PlateKind.ARMED_POLICE, re.compile(f"(WJ{_P}?)[0-9]{{4}}{_C}")),
    (PlateKind.MILITARY, re.compile(f"({_L}{{2}})[0-9]{{5}}")),
    (PlateKind.CIVIL_AVIATION, re.compile(f"(民航){_C}{{5}}")),
    (PlateKind.EMERGENCY, re.compile(f"({_P}{_L})[0-9]{{4}}应急")),
)
_KNOWN = frozenset(PROVINCES + LETTERS + DIGITS + "".join(_ENDINGS) + "使领民航应急")

_SEPARATORS = "·•・･‧∙⋅.．-‐‑–—－ \t\n\r\u00a0\u3000"
_FOLDED = str.maketrans(
    {
        **{chr(code + 0xFEE0): chr(code).upper() for code in range(0x21, 0x7F)},
        **{each: each.upper() for each in "abcdefghijklmnopqrstuvwxyz"},
        **dict.fromkeys(_SEPARATORS, ""),
    }
)

LOOK_ALIKES = ("0DOQ", "1IL", "2Z", "5S", "6G", "7T", "8B", "UV")
"""Characters that cameras take for one another, each in one group; which ones is an assumption of ours."""
_GROUP = {each: number for number, group in enumerate(LOOK_ALIKES) for each in group}

_EMPTY = Text("请填写车牌号", "Enter the number plate")
_I_O = Text(
    "车牌号不使用字母“{characters}”，请核对是否为数字1或0",
    "Number plates do not use the letter {characters}; is it the digit 1 or 0?",
)
_CHARACTERS = Text("车牌号不能包含“{characters}”", "A number plate cannot contain {characters}")
_PROVINCE = Text(
    "车牌号应以省份简称开头（如京、苏、粤），“{c}”不是",
    "A number plate starts with the character of a province, such as 京, 苏 or 粤; {c} is none",
)
_ISSUER = Text("车牌号第2位应为发牌机关字母，现为“{c}”", "The second character is a letter; this is {c}")
_LENGTH = Text(
    "车牌号应为7位，新能源汽车为8位，现为{n}位",
    "A number plate has seven characters, eight with new energy; this one has {n}",
)
_MIDDLE = Text(
    "汉字“{c}”只能用在车牌号的开头或末尾",
    "The Chinese character {c} stands at the beginning or at the end of a number plate",
)
_NEW_ENERGY = Text(
    "8位车牌应为新能源汽车号牌：小型车第3位、大型车第8位为字母A至H、J或K，其余位置为数字（小型车第4位也可为字母）",
    "A plate of eight characters is one of new energy: a letter A to H, J or K comes third (small) or eighth "
    "(large), and digits elsewhere (the fourth of a small one may be a letter)",
)
_FORM = Text("不是已知的车牌号格式，请核对", "This is no known form of a number plate; please check it")
_COLOR = Text("{kind}号牌通常不是{color}", "A plate of this kind ({kind}) is not usually {color}")


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate whose number has a form that exists."""

    number: str
    """Normalised: without dot and spaces."""
    kind: PlateKind

    @property
    def energy(self) -> Energy:
        """What its letter says; of a plate that is none of new energy nothing is known."""
        if self.kind is PlateKind.NEV_SMALL:
            return _energy(self.number[2])
        return _energy(self.number[7]) if self.kind is PlateKind.NEV_LARGE else Energy.UNKNOWN

    @property
    def display(self) -> str:
        """For people to read, with the dot: `苏A·D12345`, `使014·578`."""
        found = next(
            found for kind, form in _FORMS if kind is self.kind and (found := form.match(self.number))
        )
        return f"{found[1]}·{self.number[found.end(1) :]}"

    @property
    def masked(self) -> str:
        """As shown to people whose task does not need it: the head and the last two characters."""
        return mask_plate(self.number)


def normalize_plate(value: str) -> str:
    """A plate as typed or read, in half-width capitals without dots, hyphens and spaces; wrong ones too.

    What a camera reads is kept and compared in this form. Twice is the same as once.
    """
    return value.translate(_FOLDED)


def parse_plate(value: str) -> Plate:
    """Read a plate as typed.

    Raises PlateError with code `plate-empty`, `plate-letter`, `plate-characters`, `plate-province`,
    `plate-issuer`, `plate-length`, `plate-middle`, `plate-new-energy` or `plate-form`.
    """
    number = normalize_plate(value)
    for kind, form in _FORMS:
        if form.fullmatch(number):
            return Plate(number, kind)
    raise _reason(number)


def color_cautions(plate: Plate, color: PlateColor) -> tuple[Caution, ...]:
    """What to look at twice when a camera reports this colour: either may be misread."""
    if color in USUAL_COLORS[plate.kind]:
        return ()
    words = _COLOR.format(kind=KIND_NAMES[plate.kind], color=COLOR_NAMES[color])
    return (Caution("plate-color", words),)


def mask_plate(number: str) -> str:
    """The first two and the last two characters, the rest starred; anything short is starred whole."""
    if len(number) < 6:
        return "*" * len(number)
    return f"{number[:2]}{'*' * (len(number) - 4)}{number[-2:]}"


def misread_distance(one: str, other: str) -> int | None:
    """In how many places two normalised plates differ, all of them between look-alikes; None for any other
    difference.

    Symmetric, and 0 only for the same plate.
    """
    if len(one) != len(other):
        return None
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    alike = all(a in _GROUP and _GROUP[a] == _GROUP.get(b) for a, b in different)
    return len(different) if alike else None


def near_plates(read: str, plates: Iterable[str], most: int = 1) -> list[str]:
    """Those plates that a camera may have read so, nearest first: at most `most` characters misread."""
    found = {(distance, plate) for plate in plates if (distance := misread_distance(read, plate)) is not None}
    return [plate for distance, plate in sorted(found) if distance <= most]


def nearest_plate(read: str, plates: Iterable[str], most: int = 1) -> str | None:
    """The one plate that must be meant by what a camera has read.

    The same one if it is there, else the only one at the least distance; None when there is none, or when two
    are equally near: which of them it is, is for a person to say.
    """
    near = near_plates(read, plates, most)
    if not near:
        return None
    rival = near[1] if len(near) > 1 else None
    tie = rival is not None and misread_distance(read, rival) == misread_distance(read, near[0])
    return None if tie else near[0]


def _energy(letter: str) -> Energy:
    return Energy.ELECTRIC if letter in ELECTRIC else Energy.OTHER_NEW_ENERGY


def _reason(number: str) -> PlateError:
    """Why this is no plate; the first thing that a person would see."""
    if not number:
        return PlateError("plate-empty", _EMPTY)
    if wrong := "".join(dict.fromkeys(each for each in number if each in "IO")):
        return PlateError("plate-letter", _I_O.format(characters=wrong))
    if wrong := "".join(dict.fromkeys(each for each in number if each not in _KNOWN)):
        if number[0] in wrong and number[0] not in LETTERS + DIGITS:
            return PlateError("plate-province", _PROVINCE.format(c=number[0]))
        return PlateError("plate-characters", _CHARACTERS.format(characters=wrong))
    if number[0] not in PROVINCES:
        return _strange_head(number)
    if len(number) not in (7, 8):
        return PlateError("plate-length", _LENGTH.format(n=len(number)))
    if number[1] not in LETTERS:
        return PlateError("plate-issuer", _ISSUER.format(c=number[1]))
    if wrong := next((each for each in number[2:6] if each not in LETTERS + DIGITS), ""):
        return PlateError("plate-middle", _MIDDLE.format(c=wrong))
    if len(number) == 8 and "应" not in number and "急" not in number:
        return PlateError("plate-new-energy", _NEW_ENERGY)
    return PlateError("plate-form", _FORM)


def _strange_head(number: str) -> PlateError:
    """A plate of ours that begins with no province, or none at all."""
    if number[0] in "使民" or number.endswith("使") or number.startswith("WJ"):
        return PlateError("plate-form", _FORM)
    return PlateError("plate-province", _PROVINCE.format(c=number[0]))
