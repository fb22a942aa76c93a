"""PNG files of many megapixels, written row by row: a few kilobytes of memory however large the picture."""

import struct
import zlib

from PIL import Image

AS_ABOVE = b"\x02"  # PNG's filter "up": a row of zeros repeats the row above it
AS_IS = b"\x00"


def enlarged(small: Image.Image, width: int, height: int) -> bytes:
    """The small picture in 64 colours, its pixels repeated to the wanted measures."""
    source = small.convert("RGB").quantize(64)
    palette = bytes(source.getpalette() or ())[: 64 * 3].ljust(64 * 3, b"\0")
    packer, rows, last = zlib.compressobj(6), [], -1
    same = AS_ABOVE + bytes(width)
    for y in range(height):
        line = y * source.height // height
        if line == last:
            rows.append(packer.compress(same))
        else:
            wide = source.crop((0, line, source.width, line + 1)).resize((width, 1), Image.Resampling.NEAREST)
            rows.append(packer.compress(AS_IS + wide.tobytes()))
            last = line
    rows.append(packer.flush())
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # eight bits, palette
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", b"".join(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
