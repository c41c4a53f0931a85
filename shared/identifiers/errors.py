"""What a wrong identifier says: a stable code for programs and a sentence for the person who typed it."""

from dataclasses import dataclass

from shared.text import Text


class IdentifierError(ValueError):
    """An identifier that cannot be right; `code` is stable, `message` can be shown as it is."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message


class UsccError(IdentifierError):
    """A wrong unified social credit code (统一社会信用代码) or organisation code."""


class CitizenIdError(IdentifierError):
    """A wrong citizen identity number (公民身份号码)."""


class PhoneError(IdentifierError):
    """A wrong telephone number."""


class CertificateIdError(IdentifierError):
    """A wrong electronic certificate identifier (电子证照标识)."""


class ItemCodeError(IdentifierError):
    """A wrong service item code (基本编码, 实施编码, 业务办理项编码)."""


class ProjectCodeError(IdentifierError):
    """A wrong investment project code (投资项目代码)."""


class CaseNumberError(IdentifierError):
    """A wrong case number (办件编号) or query code (查询码)."""


class IndustryError(IdentifierError):
    """A wrong industry code (GB/T 4754)."""


class CasNumberError(IdentifierError):
    """A wrong CAS registry number of a chemical substance."""


class PlateError(IdentifierError):
    """A wrong number plate (号牌号码)."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to look at twice, though it may well be right: a table that ships here is only an extract."""

    code: str
    message: Text
