"""电子证照标识 (GB/T 36904): what an electronic certificate is called, and checked by, everywhere.

`1.2.156.3005.2 . type(21) . issuer(18) . serial . version(3) . check`, where the type is the credit code of
the body that owns the issuing rule and a three-character serial, and the check character is ISO 7064
MOD 37,36 over everything between root and check without the dots. The standard's text was not available;
the rule agrees with real identifiers, though not with all: read foreign ones as opaque when they fail.
"""

import re
from dataclasses import dataclass

from stdnum.iso7064 import mod_37_36

from shared.identifiers.errors import CertificateIdError
from shared.identifiers.uscc import parse_uscc
from shared.text import Text

ROOT = "1.2.156.3005.2"

_TYPE = re.compile(r"[0-9A-Z]{21}")
_SERIAL = re.compile(r"[0-9A-Z]{1,32}")
_VERSION = re.compile(r"[0-9A-Z]{3}")
_SHAPE = re.compile(
    re.escape(ROOT)
    + r"\.(?P<type_code>[0-9A-Z]{21})\.(?P<issuer>[0-9A-Z]{18})\.(?P<serial>[0-9A-Z]{1,32})"
    + r"\.(?P<version>[0-9A-Z]{3})\.(?P<check>[0-9A-Z])"
)

_FORMAT = Text(
    "电子证照标识应以 1.2.156.3005.2 开头，后接以“.”分隔的类型代码、颁发机构代码、流水号、版本号和校验位",
    "A certificate identifier starts with 1.2.156.3005.2, followed by type, issuer, serial number, version "
    "and check character, separated by dots",
)
_CHECKSUM = Text("电子证照标识校验位不正确", "The check character of the certificate identifier is wrong")
_TYPE_FORMAT = Text(
    "证照类型代码应为21位（18位统一社会信用代码加3位顺序号）",
    "A certificate type code has 21 characters: a credit code and a three-character serial",
)
_SERIAL_FORMAT = Text(
    "证照流水号应为1至32位数字或大写字母",
    "A certificate serial number has 1 to 32 characters, digits or capital letters",
)
_VERSION_FORMAT = Text(
    "证照版本号应为3位数字或大写字母",
    "A certificate version has three characters, digits or capital letters",
)


@dataclass(frozen=True, slots=True)
class CertificateId:
    """The parts of an identifier whose check character is right."""

    type_code: str
    issuer: str
    serial: str
    version: str

    @property
    def check(self) -> str:
        """The check character, ISO 7064 MOD 37,36 over the parts."""
        return mod_37_36.calc_check_digit(self.type_code + self.issuer + self.serial + self.version)

    def __str__(self) -> str:
        return ".".join((ROOT, self.type_code, self.issuer, self.serial, self.version, self.check))


def make_certificate_id(*, type_code: str, issuer: str, serial: str, version: str = "001") -> CertificateId:
    """The identifier of a certificate to be issued by the body with credit code `issuer`.

    Raises CertificateIdError (`certificate-type`, `certificate-serial`, `certificate-version`) and, for
    the two credit codes inside, UsccError.
    """
    if not _TYPE.fullmatch(type_code):
        raise CertificateIdError("certificate-type", _TYPE_FORMAT)
    if not _SERIAL.fullmatch(serial):
        raise CertificateIdError("certificate-serial", _SERIAL_FORMAT)
    if not _VERSION.fullmatch(version):
        raise CertificateIdError("certificate-version", _VERSION_FORMAT)
    parse_uscc(type_code[:18])
    return CertificateId(type_code, parse_uscc(issuer).code, serial, version)


def parse_certificate_id(value: str) -> CertificateId:
    """Read an identifier and verify its check character.

    Raises CertificateIdError: `certificate-id-format` or `certificate-id-checksum`.
    """
    found = _SHAPE.fullmatch(value.strip().upper())
    if found is None:
        raise CertificateIdError("certificate-id-format", _FORMAT)
    parts = CertificateId(found["type_code"], found["issuer"], found["serial"], found["version"])
    if parts.check != found["check"]:
        raise CertificateIdError("certificate-id-checksum", _CHECKSUM)
    return parts
