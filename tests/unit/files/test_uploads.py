"""What is taken in, judged by its content: liars, bombs, photos too large, and what a photo gives away."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from bangfu.core.errors import InputError
from bangfu.files import uploads
from bangfu.files.uploads import Sort, take

EVERY = tuple(Sort)


def _workbook() -> bytes:
    whole = io.BytesIO()
    openpyxl.Workbook().save(whole)
    return whole.getvalue()


def _photo(form: str = "JPEG", size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    whole = io.BytesIO()
    Image.new("RGB", size, "red").save(whole, form, **options)
    return whole.getvalue()


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # the camera was turned a quarter
    exif[ExifTags.Base.Artist] = "张虚构"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:20 09:30:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
    gps[ExifTags.GPS.GPSLatitude] = (30.0, 49.0, Fraction(30))
    gps[ExifTags.GPS.GPSLongitude] = (110.0, 58.0, Fraction(12))
    return exif


def _png_that_says(width: int, height: int) -> bytes:
    """A PNG whose header promises more pixels than there are."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def _refused(name: str, content: bytes, *wanted: Sort) -> str:
    with pytest.raises(InputError) as refused:
        take(name, content, wanted)
    assert refused.value.text.en
    return refused.value.text.zh


def test_what_is_wanted_is_taken_and_named_for_its_content():
    assert take("a.xlsx", _workbook(), [Sort.TABLE]).name == "a.xlsx"
    assert take("a.csv", "户编号\n1\n".encode(), [Sort.TABLE]).content_type == "text/csv"
    assert take("会议.pdf", b"%PDF-1.7\n%%EOF\n", EVERY).content_type == "application/pdf"
    photo = take("照片.png", _photo("PNG"), EVERY)
    assert (photo.name, photo.content_type, photo.content[:3]) == (
        "照片.jpg",
        "image/jpeg",
        b"\xff\xd8\xff",
    )


@pytest.mark.parametrize(
    ("name", "content", "wanted", "said"),
    [
        ("a.xlsx", _photo(), Sort.TABLE, "JPEG 图片"),
        ("a.jpg", _workbook(), Sort.PHOTO, "不是这里要的"),
        ("a.jpg", b"<html><script>1</script>", Sort.PHOTO, "不是这里要的"),
        ("a.xls", b"<html><table>", Sort.TABLE, "网页"),
        ("a.xlsx", "户编号\n1\n".encode(), Sort.TABLE, "文本文件"),
        ("a.pdf", b"MZ\x90\0", Sort.DOCUMENT, "不是这里要的"),
        ("a.csv", b"MZ\x90\0\0\0", Sort.TABLE, "二进制"),
        ("a.png", b"", Sort.PHOTO, "空文件"),
        ("a.pdf", b"%PDF-1.7 cut", Sort.DOCUMENT, "不完整"),
        ("a.jpg", _photo()[:200], Sort.PHOTO, "已损坏"),
    ],
)
def test_a_file_that_lies_about_its_type_is_named_for_what_it_is(name, content, wanted, said):
    assert said in _refused(name, content, wanted)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(80):
                sheet.write(b" " * 2**20)
    assert bomb.tell() < 2**20
    assert "太大" in _refused("a.xlsx", bomb.getvalue(), Sort.TABLE)


def test_an_archive_of_too_many_parts_is_refused(monkeypatch):
    monkeypatch.setattr("bangfu.files.packages.MAX_PARTS", 3)
    assert "太大" in _refused("a.xlsx", _workbook(), Sort.TABLE)


def test_a_photo_of_a_hundred_megapixels_is_refused_before_it_is_decoded():
    said = _refused("a.png", _png_that_says(12_000, 9_000), Sort.PHOTO)
    assert "12000 × 9000" in said
    assert "普通分辨率" in said


@pytest.mark.parametrize(
    ("limit", "name", "content", "sort"),
    [
        ("MAX_TABLE", "a.csv", b"a" * 300, Sort.TABLE),
        ("MAX_PHOTO", "a.jpg", _photo(), Sort.PHOTO),
        ("MAX_DOCUMENT", "a.pdf", b"%PDF-" + b"a" * 300 + b"%%EOF", Sort.DOCUMENT),
    ],
)
def test_each_sort_has_its_limit(monkeypatch, limit, name, content, sort):
    monkeypatch.setattr(uploads, limit, len(content))
    take(name, content, [sort])
    monkeypatch.setattr(uploads, limit, len(content) - 1)
    assert "上限" in _refused(name, content, sort)


def test_a_photo_tells_when_and_where_and_then_forgets_it():
    sent = _photo(exif=_exif(), comment=b"private words")
    assert b"Exif" in sent
    assert b"private words" in sent
    photo = take("IMG.JPG", sent, [Sort.PHOTO])
    assert photo.taken_at == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert photo.position == (Decimal("30.825000"), Decimal("110.970000"))
    kept = Image.open(io.BytesIO(photo.content))
    assert kept.size == (20, 40)  # turned upright
    assert not kept.getexif()
    assert b"Exif" not in photo.content
    assert b"private words" not in photo.content


def test_a_large_photo_is_kept_smaller_and_a_small_one_as_large():
    assert Image.open(io.BytesIO(take("a", _photo(size=(3000, 30)), EVERY).content)).size == (
        uploads.KEPT_EDGE,
        20,
    )
    assert Image.open(io.BytesIO(take("a", _photo(), EVERY).content)).size == (40, 20)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("../../etc/pass wd.csv", "pass wd.csv"),
        ("C:\\Users\\张\\户.CSV", "户.CSV"),
        ("a\x00\x1b[1m\n.csv", "a[1m.csv"),
        ("..", "file.csv"),
        ("没有后缀", "没有后缀.csv"),
    ],
)
def test_names_are_safe_and_end_as_their_content_does(written, kept):
    assert take(written, b"a,b\n", [Sort.TABLE]).name == kept


def test_a_long_name_fits_a_file_system():
    name = take("户" * 300 + ".csv", b"a,b\n", [Sort.TABLE]).name
    assert len(name.encode()) <= 210
    assert name.endswith("户.csv")


# Pillow warns of every damaged tag; the photo is taken without it.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=150)
@given(st.data())
def test_a_damaged_photo_is_a_sentence_and_never_a_fault(data):
    whole = bytearray(_photo(data.draw(st.sampled_from(["JPEG", "PNG"])), exif=_exif()))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        take("a.jpg", bytes(whole), [Sort.PHOTO])
    except InputError as refused:
        assert refused.text.zh
