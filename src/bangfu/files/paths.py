"""Sentences for what the file system refuses: no such file, a folder, no permission, a full disk."""

from __future__ import annotations

import errno
from pathlib import Path

from bangfu.core.errors import UsageError
from bangfu.core.language import Text

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_ACCESS = {errno.EACCES, errno.EPERM, errno.EROFS}


def is_full(error: OSError) -> bool:
    """Whether the file system refused for want of space: a full disk, a quota, a limit on sizes."""
    return error.errno in _NO_SPACE


def reading_error(path: Path, error: OSError) -> UsageError:
    """The sentence for a file that cannot be read."""
    if isinstance(error, FileNotFoundError):
        return UsageError(
            Text(
                f"找不到文件 {path}。请检查路径和文件名（包括扩展名）。",
                f"There is no file {path}. Check the path and the name, with its extension.",
            )
        )
    if isinstance(error, IsADirectoryError):
        return UsageError(
            Text(
                f"{path} 是文件夹，不是文件。请写出其中的文件名。",
                f"{path} is a folder, not a file. Name a file in it.",
            )
        )
    if error.errno in _NO_ACCESS:
        return UsageError(
            Text(
                f"没有读取 {path} 的权限。请复制到自己的文件夹，或请管理员授权。",
                f"No permission to read {path}. Copy it to a folder of your own or ask for access.",
            )
        )
    return UsageError(
        Text(
            f"无法读取 {path}：{error.strerror or error}。请确认文件存在、磁盘正常后重试。",
            f"Cannot read {path}: {error.strerror or error}. Check the disk and try again.",
        )
    )


def writing_error(path: Path, error: OSError) -> UsageError:
    """The sentence for a file that cannot be written. Nothing half done is left behind."""
    if is_full(error):
        return UsageError(
            Text(
                f"磁盘空间不足，{path} 没有写出，原文件保持不变。请清理磁盘后重试。",
                f"The disk is full: {path} was not written, and an earlier file of that name is as "
                "it was. Free some space and try again.",
            )
        )
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return UsageError(
            Text(
                f"文件夹 {path.parent} 不存在，{path.name} 没有写出。请先建立文件夹。",
                f"There is no folder {path.parent}, so {path.name} was not written. Create it first.",
            )
        )
    if isinstance(error, IsADirectoryError):
        return UsageError(
            Text(
                f"{path} 是文件夹，不能写成文件。请换一个文件名。",
                f"{path} is a folder and cannot be written as a file. Choose another name.",
            )
        )
    if error.errno in _NO_ACCESS:
        return UsageError(
            Text(
                f"没有写入 {path} 的权限。若文件正在 Excel 或 WPS 中打开，请先关闭；或换一个文件夹。",
                f"No permission to write {path}. Close it if it is open in Excel or WPS, or choose "
                "another folder.",
            )
        )
    return UsageError(
        Text(
            f"无法写出 {path}：{error.strerror or error}。原文件保持不变。",
            f"Cannot write {path}: {error.strerror or error}. An earlier file is as it was.",
        )
    )
