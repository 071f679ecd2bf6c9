"""Photos and scanned pages: opened, measured, turned upright, and written anew without what cameras add.

What is kept is a JPEG of our own making, so that a file that lies about its type, or carries more than
its picture (a place, a script), does not come in.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from bangfu.core.errors import InputError
from bangfu.core.language import Text

MOST_BYTES = 15 * 2**20
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2400
KINDS = ("JPEG", "PNG", "WEBP")
MEDIA = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to keep; `digest` is the SHA-256 of `content`."""

    content: bytes
    digest: str


def read_photo(raw: bytes) -> Photo:
    """The picture in `raw`. InputError when it is too large, cut short, or no picture at all."""
    if len(raw) > MOST_BYTES:
        raise _refused("文件超过 15 MB", "it is larger than 15 MB")
    try:
        # The size stands in the head: a picture of a hundred megapixels is refused before it is read.
        with Image.open(io.BytesIO(raw), formats=KINDS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _refused("超过 4000 万像素", "it has more than 40 megapixels")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as fault:
        raise _refused(
            "不是完整的 JPEG、PNG 或 WebP 图片", "it is no whole JPEG, PNG or WebP picture"
        ) from fault
    except Image.DecompressionBombError as fault:
        raise _refused("超过 4000 万像素", "it has more than 40 megapixels") from fault
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=85)
    content = written.getvalue()
    return Photo(content, hashlib.sha256(content).hexdigest())


def _refused(zh: str, en: str) -> InputError:
    return InputError(Text(f"照片不能用：{zh}。", f"The photo was refused: {en}."))
