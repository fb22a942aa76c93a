"""Labels drawn by hand: a small PDF with text and bars, and the same as a picture."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

A6, A5 = (298, 420), (420, 595)  # points
LEFT, LINE, SIZE = 18, 14, 9
BARS_HEIGHT = 60


def bars(code: str) -> list[tuple[int, int]]:
    """(start, width) of the dark bars for a code, in modules: each character is eight modules of its own bits. It is
    no symbology that a scanner knows; the label is none that a carrier takes."""
    bits = "101" + "".join(f"{ord(character) & 255:08b}" for character in code) + "101"
    found: list[tuple[int, int]] = []
    start = None
    for index, bit in enumerate(f"{bits}0"):
        if bit == "1" and start is None:
            start = index
        elif bit == "0" and start is not None:
            found.append((start, index - start))
            start = None
    return found


def _modules(code: str) -> int:
    return len(code) * 8 + 6


def _escaped(text: str) -> bytes:
    plain = text.encode("cp1252", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _page(lines: list[str], code: str, size: tuple[int, int]) -> bytes:
    width, height = size
    module = (width - 2 * LEFT) / _modules(code)
    top = height - 24
    drawn = [b"0 0 0 rg"]
    if code:
        for start, length in bars(code):
            x = LEFT + start * module
            drawn.append(f"{x:.2f} {top - BARS_HEIGHT} {length * module:.2f} {BARS_HEIGHT} re f".encode())
    drawn.append(f"BT /F1 {SIZE} Tf {LINE} TL {LEFT} {top - BARS_HEIGHT - 20} Td".encode())
    longest = (width - 2 * LEFT) // 5
    drawn += [b"(" + _escaped(line[:longest]) + b") Tj T*" for line in lines]
    drawn.append(b"ET")
    return b"\n".join(drawn)


def pdf(pages: list[tuple[list[str], str]], size: tuple[int, int]) -> bytes:
    """A PDF 1.4 file: for each page its lines of text under the bars of its code."""
    objects: list[bytes] = []
    kids = " ".join(f"{4 + index * 2} 0 R" for index in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for index, (lines, code) in enumerate(pages):
        box = f"[0 0 {size[0]} {size[1]}]"
        content = _page(lines, code, size)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {5 + index * 2} 0 R >>".encode()
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def label_picture(lines: list[str], code: str) -> bytes:
    """The label as a PNG of the size of A6 at 150 dots an inch."""
    picture = Image.new("L", (620, 875), 255)
    draw = ImageDraw.Draw(picture)
    module = (620 - 72) / _modules(code)
    for start, length in bars(code):
        draw.rectangle((36 + start * module, 40, 36 + (start + length) * module - 1, 160), fill=0)
    draw.multiline_text((36, 190), "\n".join(lines), fill=0, spacing=10, font_size=22)
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()
