"""What somebody uploads: judged by its content and size, never by its name, before it is kept.

Tables (.xlsx, .xls, .csv), photos (JPEG, PNG) and PDF documents are taken in. A photo is drawn anew, so
that nothing of the file but the picture remains; when and where it was taken is read first.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cached_property
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from bangfu.core.errors import InputError, UnavailableError
from bangfu.core.language import Text
from bangfu.files import kinds
from bangfu.files.packages import check_package

MEGABYTE = 2**20
# A county's largest export, 150,000 rows of 47 columns, is 25 MB as .xlsx and 90 MB as .csv.
MAX_TABLE = 100 * MEGABYTE
MAX_DOCUMENT = 20 * MEGABYTE
MAX_PHOTO = 20 * MEGABYTE
# A phone's ordinary photo has 12 to 50 million pixels; a decoded one takes 3 bytes a pixel.
MAX_PIXELS = 52_000_000
# Printed 16 cm wide at 300 dpi a picture shows 1,900 pixels.
KEPT_EDGE = 2048
QUALITY = 85
# A file system's limit is 255 bytes a name, of which copies need some for a number and a suffix.
MAX_NAME_BYTES = 200

_NO_ROOM = Text(
    "磁盘空间不足，文件没有收下。请告诉管理员清理磁盘，然后再试。",
    "The disk is full; the file was not taken in. Ask the keeper to free some space, then try again.",
)
_CHINA = zoneinfo.ZoneInfo("Asia/Shanghai")
_DECODERS: dict[bytes, type[JpegImageFile | PngImageFile]] = {
    b"\xff\xd8\xff": JpegImageFile,
    b"\x89PNG\r\n\x1a\n": PngImageFile,
}
# What Pillow's decoders raise on damaged files.
_BAD_PICTURE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    EOFError,
    struct.error,
)
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Sort(Enum):
    """The sorts of file that a form may ask for."""

    TABLE = Text("表格（.xlsx、.xls 或 .csv）", "a table (.xlsx, .xls or .csv)")
    PHOTO = Text("照片（JPEG 或 PNG）", "a photo (JPEG or PNG)")
    DOCUMENT = Text("PDF 文档", "a PDF document")


@dataclass(frozen=True)
class Upload:
    """A file that may be kept. `taken_at` and `position` (latitude, longitude in degrees) are a photo's
    own, where the camera told them."""

    name: str
    content: bytes
    content_type: str
    taken_at: datetime | None = None
    position: tuple[Decimal, Decimal] | None = None

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the content, in hexadecimal digits: its name where it is kept."""
        return hashlib.sha256(self.content).hexdigest()


def take(name: str, content: bytes, wanted: Collection[Sort]) -> Upload:
    """The upload when it is of a wanted sort, whatever it is called.

    Raises InputError saying what the file is and what would be right, UnavailableError when the disk
    is full.
    """
    name = _clean(name)
    if not content:
        raise _refused(name, Text("是空文件（0 字节）", "is empty (0 bytes)"), wanted)
    decoder = next((known for magic, known in _DECODERS.items() if content.startswith(magic)), None)
    if decoder is not None and Sort.PHOTO in wanted:
        _check_size(name, content, MAX_PHOTO)
        return _photo(name, content, decoder)
    if content.startswith(b"%PDF-") and Sort.DOCUMENT in wanted:
        _check_size(name, content, MAX_DOCUMENT)
        return _document(name, content)
    if Sort.TABLE in wanted:
        _check_size(name, content, MAX_TABLE)
        return _table(name, content)
    raise _refused(name, Text("不是这里要的文件", "is not what belongs here"), wanted)


def _table(name: str, content: bytes) -> Upload:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        try:
            path.write_bytes(content)
        except OSError as fault:
            raise UnavailableError(_NO_ROOM) from fault
        kind = kinds.kind_of(path)
        if kind is kinds.Kind.XLSX:
            check_package(path)
    types = {
        kinds.Kind.XLSX: _EXCEL,
        kinds.Kind.XLS: "application/vnd.ms-excel",
        kinds.Kind.CSV: "text/csv",
    }
    return Upload(_with_suffix(name, kind.value), content, types[kind])


def _document(name: str, content: bytes) -> Upload:
    if b"%%EOF" not in content[-2048:]:
        told = Text("不完整，可能没有传完", "is cut short")
        raise _refused(name, told, [Sort.DOCUMENT])
    return Upload(_with_suffix(name, "pdf"), content, "application/pdf")


def _photo(name: str, content: bytes, decoder: type[JpegImageFile | PngImageFile]) -> Upload:
    broken = Text("已损坏或不完整", "is damaged or cut short")
    try:
        # Only this decoder is tried, and nothing is decoded before the size is known.
        picture = decoder(io.BytesIO(content))
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise _too_many_pixels(name, width, height)
        exif = picture.getexif()
        taken_at, position = _taken_at(exif), _position(exif)
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except _BAD_PICTURE as error:
        raise _refused(name, broken, [Sort.PHOTO]) from error
    upright.thumbnail((KEPT_EDGE, KEPT_EDGE))
    # A new picture: comments, colour profiles and thumbnails of the old one stay behind with it.
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright)
    drawn = io.BytesIO()
    clean.save(drawn, "JPEG", quality=QUALITY, optimize=True)
    return Upload(_with_suffix(name, "jpg"), drawn.getvalue(), "image/jpeg", taken_at, position)


def _taken_at(exif: Image.Exif) -> datetime | None:
    """When the shutter opened; a camera that tells no zone is taken to be in China."""
    told = exif.get_ifd(ExifTags.IFD.Exif)
    written = told.get(ExifTags.Base.DateTimeOriginal)
    try:
        local = datetime.strptime(str(written).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
    offset = str(told.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    zone = _zone(offset)
    return local.replace(tzinfo=zone or _CHINA)


def _zone(offset: str) -> timezone | None:
    """+08:00 as a zone."""
    sign, hours, minutes = offset[:1], offset[1:3], offset[4:6]
    if sign not in ("+", "-") or not (hours + minutes).isdigit() or len(offset) != 6:
        return None
    if int(hours) > 14 or int(minutes) > 59:
        return None
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(delta if sign == "+" else -delta)


def _position(exif: Image.Exif) -> tuple[Decimal, Decimal] | None:
    """Latitude and longitude in degrees, to six decimals (0.1 m)."""
    told = exif.get_ifd(ExifTags.IFD.GPSInfo)
    latitude = _degrees(told.get(ExifTags.GPS.GPSLatitude), told.get(ExifTags.GPS.GPSLatitudeRef))
    longitude = _degrees(
        told.get(ExifTags.GPS.GPSLongitude), told.get(ExifTags.GPS.GPSLongitudeRef)
    )
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _degrees(parts: object, reference: object) -> Decimal | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        degrees, minutes, seconds = (Fraction(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    whole = degrees + minutes / 60 + seconds / 3600
    south_or_west = str(reference).strip("\0 ").upper() in ("S", "W")
    millionths = round((-whole if south_or_west else whole) * 1_000_000)
    return Decimal(millionths).scaleb(-6)


def _check_size(name: str, content: bytes, most: int) -> None:
    if len(content) > most:
        size, limit = -(-len(content) // MEGABYTE), most // MEGABYTE
        raise InputError(
            Text(
                f"{name} 有 {size} MB，超过 {limit} MB 的上限。请拆分或压缩后再传。",
                f"{name} has {size} MB; the limit is {limit} MB. Split it or make it smaller.",
            )
        )


def _too_many_pixels(name: str, width: int, height: int) -> InputError:
    most = MAX_PIXELS // 1_000_000
    return InputError(
        Text(
            f"照片 {name} 有 {width} × {height} 个像素，超过 {most} 百万像素的上限。"
            "请在相机设置里改用普通分辨率重拍，或缩小后再传。",
            f"The photo {name} has {width} × {height} pixels; the limit is {most} million. "
            "Take it again at an ordinary resolution, or make it smaller.",
        )
    )


def _refused(name: str, what: Text, wanted: Collection[Sort]) -> InputError:
    zh = "或".join(sort.value.zh for sort in Sort if sort in wanted)
    en = " or ".join(sort.value.en for sort in Sort if sort in wanted)
    return InputError(Text(f"{name} {what.zh}。请提供{zh}。", f"{name} {what.en}. Give {en}."))


def _clean(name: str) -> str:
    """The last part of a name, without what a file system or a terminal would trip over."""
    last = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(c for c in last if c.isprintable()).strip(" .") or "file"
    stem, dot, suffix = shown.rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = shown, ""
    while len(stem.encode()) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return f"{stem}.{suffix}" if suffix else stem


def _with_suffix(name: str, suffix: str) -> str:
    """The name with the suffix that its content has."""
    stem, dot, own = name.rpartition(".")
    same = {"jpeg": "jpg", "xlsm": "xlsx", "txt": "csv"}
    if dot and same.get(own.lower(), own.lower()) == suffix:
        return name
    known = {"xlsx", "xls", "csv", "jpg", "png", "pdf", *same}
    return f"{stem if dot and own.lower() in known else name}.{suffix}"
