"""Small pictures of attached pictures: drawn anew, so that nothing of the original but what is seen is in them (U2).

No place, camera or author (EXIF), no hidden payload. Pictures that would need too much memory get none.
"""

import warnings
from pathlib import Path
from threading import Lock

from PIL import Image, ImageOps

SIZE = (640, 480)
PIXELS = 25_000_000
PIXELS_SCALED = 120_000_000  # of a JPEG, which is read at an eighth of its size
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")

_one_at_a_time = Lock()  # each may take a hundred megabytes


def draw(source: Path, target: Path) -> bool:
    """Whether `target` is a small WebP picture of `source` now. Takes up to a second; not for the event loop."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count ourselves
        try:
            with Image.open(source, formats=FORMATS) as picture:
                pixels = picture.width * picture.height
                if pixels > (PIXELS_SCALED if picture.format == "JPEG" else PIXELS):
                    return False
                picture.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))
                upright = ImageOps.exif_transpose(picture)
                small = upright.convert(
                    "RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB"
                )
                small.thumbnail(SIZE)
                clean = Image.new(small.mode, small.size)
                clean.paste(small)
                clean.save(target, "WEBP", quality=80, method=3)
        except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
            target.unlink(missing_ok=True)
            return False
    return True
