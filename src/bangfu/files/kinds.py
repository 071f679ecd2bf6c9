"""What a file really is, judged by its content and never by its name.

County offices receive web pages called .xls, PDFs called .xlsx and workbooks under a password. Each
is named for what it is, with the way out.
"""

from __future__ import annotations

import errno
import zipfile
from enum import Enum
from pathlib import Path

from bangfu.core.errors import InputError, UserError
from bangfu.core.language import Text
from bangfu.files.paths import reading_error

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# Excel 2.0 to 4.0, before the OLE container.
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")
_OTHER = {
    b"%PDF": Text("PDF 文档", "a PDF document"),
    b"\x89PNG": Text("PNG 图片", "a PNG picture"),
    b"\xff\xd8\xff": Text("JPEG 图片", "a JPEG picture"),
    b"GIF8": Text("GIF 图片", "a GIF picture"),
    b"Rar!": Text("RAR 压缩包", "a RAR archive"),
    b"7z\xbc\xaf": Text("7z 压缩包", "a 7z archive"),
    b"\x1f\x8b": Text("gzip 压缩包", "a gzip archive"),
    b"{\\rtf": Text("RTF 文档", "an RTF document"),
    b"PAR1": Text("Parquet 数据文件", "a Parquet file"),
    b"SQLite format 3": Text("SQLite 数据库", "an SQLite database"),
}
_ZIPPED = {
    "word/document.xml": Text("Word 文档", "a Word document"),
    "ppt/presentation.xml": Text("PPT 演示文稿", "a PowerPoint presentation"),
    "xl/workbook.bin": Text("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"),
    "content.xml": Text("ODF 表格（.ods）", "an OpenDocument file (.ods)"),
}
_HEAD = 4096


class Kind(Enum):
    """The kinds of table file that are read."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"


def kind_of(path: Path) -> Kind:
    """The kind of table file at `path`.

    Raises UsageError when it cannot be read and InputError when it is no table file, or another kind
    than its name says.
    """
    kind = _kind_inside(path)
    suffix = path.suffix.lower()
    if kind is Kind.CSV and suffix in (".xlsx", ".xls"):
        raise InputError(
            Text(
                f"{path.name} 是文本文件，不是 Excel 工作簿。请用 Excel 或 WPS 另存为 .xlsx；"
                "若是 CSV，请把扩展名改成 .csv。",
                f"{path.name} is a text file and no Excel workbook. Save it as .xlsx in Excel or "
                "WPS; if it is CSV, rename it to .csv.",
            )
        )
    if kind is not Kind.CSV and suffix == ".csv":
        raise InputError(
            Text(
                f"{path.name} 是 Excel 工作簿，不是 CSV。请把扩展名改成 .{kind.value}。",
                f"{path.name} is an Excel workbook and no CSV. Rename it to .{kind.value}.",
            )
        )
    return kind


def _kind_inside(path: Path) -> Kind:
    """The kind by the content alone."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise reading_error(path, error) from error
    if not head:
        raise InputError(
            Text(
                f"{path.name} 是空文件（0 字节），可能没有下载或复制完整。请重新导出。",
                f"{path.name} is empty (0 bytes); it may be cut short. Export it again.",
            )
        )
    if head.startswith(_ZIP):
        return _zip_kind(path)
    if head.startswith(_OLE):
        return _ole_kind(path)
    if head.startswith(_OLD_BIFF):
        raise _save_as(path, Text("Excel 4.0 及更早的工作簿", "a workbook of Excel 4.0 or earlier"))
    for magic, what in _OTHER.items():
        if head.startswith(magic):
            raise _wrong_type(path, what)
    _refuse_markup(path, head)
    return Kind.CSV


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except OSError as error:
        raise unreadable(path, error) from error
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise broken(path) from error
    if "xl/workbook.xml" in names:
        return Kind.XLSX
    for member, what in _ZIPPED.items():
        if member in names:
            raise _save_as(path, what)
    if "[Content_Types].xml" in names:
        return Kind.XLSX
    raise _wrong_type(path, Text("ZIP 压缩包", "a ZIP archive"))


def _ole_kind(path: Path) -> Kind:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise reading_error(path, error) from error
    if _stream(content, "EncryptedPackage"):
        raise encrypted(path)
    if _stream(content, "Workbook") or _stream(content, "Book"):
        return Kind.XLS
    if _stream(content, "WordDocument"):
        raise _wrong_type(path, Text("Word 文档", "a Word document"))
    raise broken(path)


def _stream(content: bytes, name: str) -> bool:
    # OLE directory entries hold the stream's name as UTF-16 with a closing zero.
    return f"{name}\0".encode("utf-16-le") in content


def _refuse_markup(path: Path, head: bytes) -> None:
    text = head.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n").lower()
    if text.startswith(("<!doctype html", "<html", "<table", "<head", "<meta", "<style")):
        raise _save_as(
            path,
            Text(
                "网页（HTML）格式，很多系统导出的“.xls”其实是网页",
                "a web page (HTML); many systems export one under the name .xls",
            ),
        )
    if text.startswith(("mime-version", "content-type: multipart")):
        raise _save_as(path, Text("单个网页文件（MHT）", "a single-file web page (MHT)"))
    if text.startswith(("<?xml", "<workbook")):
        raise _save_as(path, Text("XML 表格", "an XML table"))
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in head and not utf16:
        raise _wrong_type(path, Text("无法识别的二进制文件", "a binary file of unknown type"))


def unreadable(path: Path, error: OSError) -> UserError:
    """The sentence for an archive that cannot be read: the file system's refusal, or damage.

    A damaged archive points outside itself, and the system calls that an invalid argument.
    """
    return broken(path) if error.errno == errno.EINVAL else reading_error(path, error)


def broken(path: Path) -> InputError:
    """The sentence for a workbook that is damaged."""
    return InputError(
        Text(
            f"{path.name} 已损坏或不完整，无法打开。请重新导出或重新复制；"
            "若 Excel 或 WPS 还能打开，请另存为 .xlsx 后重试。",
            f"{path.name} is damaged or cut short. Export or copy it again; if Excel or WPS can "
            "still open it, save it as a new .xlsx.",
        )
    )


def encrypted(path: Path) -> InputError:
    """The sentence for a workbook under a password."""
    return InputError(
        Text(
            f"{path.name} 设有打开密码。请在 Excel 或 WPS 中打开它，“文件”→“信息”→"
            "“保护工作簿”→“用密码进行加密”，清空密码后另存，再重试。",
            f"{path.name} opens only with a password. Open it in Excel or WPS, clear the password "
            "under File, Info, Protect Workbook, Encrypt with Password, save it, and try again.",
        )
    )


def _wrong_type(path: Path, what: Text) -> InputError:
    return InputError(
        Text(
            f"{path.name} 的内容是{what.zh}，不是表格。请提供 .xlsx、.xls 或 .csv 文件。",
            f"{path.name} is {what.en}, not a table. Give an .xlsx, .xls or .csv file.",
        )
    )


def _save_as(path: Path, what: Text) -> InputError:
    return InputError(
        Text(
            f"{path.name} 是{what.zh}。请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后重试。",
            f"{path.name} is {what.en}. Open it in Excel or WPS, save it as an Excel workbook "
            "(*.xlsx), and try again.",
        )
    )
