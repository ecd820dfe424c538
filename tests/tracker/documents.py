"""Small files of many sorts, made by hand, for tests of what is read of them."""

from __future__ import annotations

import base64
import io
import quopri
import zipfile
import zlib
from collections.abc import Mapping, Sequence

#: One page that says “This is secret.”, with a password (RC4).
ENCRYPTED_PDF = zlib.decompress(
    base64.b85decode(
        "c-oCpJ&4pm7)7vg3VRzFkp&UX`N_;=0?Uf`vz(~hx$6%oD@>9vYrHi%l3BSEv{Vbh&f3mGtHaJlxK^-"
        "Gt`RJ>v=v0OaFYFnwJ=GMdGo&Sy?OIBHdotA?2LyRU%!3$h#00g5AUF66Ok*s+knZ6v1X9>5!p0-"
        "C^2`04r;X!WN}603k5X~kqc>D;+xp3__&A2N<PdiW^<+9KT9j20vvUuL@q&`n&o`Q^`h>Tfy7$yQOC?WVu{6w*?}@27LhYqb!@xc"
        "(GSCNVtVwA^~IciI~`akFli5rg;j|1*crJ9S>N8qsy1EP0?b|X`^mF6XUo0QH{Kn*eDwNhfA7@8S3e$nioB)AC*R*1Y<+pYfBZ!B"
        "^ZVOFy(7O`FAfg>8LoW3yuN=_^)`=H%Huv`4{{-"
        "c$~Pk2VQA}R1u{gIO$qgh$T|$}flVWW$Xe!nrdc18>uGi_E7J)ucStoSa1C>p685GiV_dtqvEYFSl+Ob`3!-"
        "aH7MmhQWCJ%Tge;H}v`zx*X$`&rDWn#R%Ltg@A<!7Oh*U^p&-"
        "aA_>dR0E%$G{}tcA!`+!WwPiB6<6G?sxfDpr(whEg3VPzi7yCay0yp43J#B`9@kl_ZIwjOzKj+bJMH6#IxyAFQPGBu?-"
        "YV=mo#C!1kPEMSa#3mBJd0rT`CPiQ*BY+=#?6m{0!^gcLyq?6}v>PG{5e$@?eGjtI|Gzt?19;brEkqU(7E<Fdufo%N`rB~m6vAb="
        "tnhbYoO=0U`R3K5Kv9{4he*ypJ6R!"
    )
)


def pdf(*pages: Sequence[str], bomb_bytes: int = 0) -> bytes:
    """A PDF whose pages hold these lines. With `bomb_bytes`, each page's content unpacks to so much more."""
    content = [_content(lines) + b" " * bomb_bytes for lines in pages]
    streams = [zlib.compress(one, 1 if bomb_bytes else 9) for one in content]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, stream in enumerate(streams):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        head = f"<< /Length {len(stream)} /Filter /FlateDecode >>".encode()
        objects.append(head + b"\nstream\n" + stream + b"\nendstream")
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    xref = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets))
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n".encode())
    return out.getvalue()


def _content(lines: Sequence[str]) -> bytes:
    shown = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    drawn = "".join(f"({line}) Tj T*\n" for line in shown)
    return b"BT /F1 10 Tf 12 TL 50 800 Td\n" + drawn.encode("cp1252") + b"ET\n"


def docx(*paragraphs: str) -> bytes:
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    return docx_of(f'<w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>')


def docx_of(xml: str) -> bytes:
    return _zip("word/document.xml", xml)


def odt(*paragraphs: str) -> bytes:
    office, text = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "text"))
    body = "".join(f"<text:p>{paragraph}</text:p>" for paragraph in paragraphs)
    return _zip(
        "content.xml",
        f'<office:document-content xmlns:office="{office}" xmlns:text="{text}"><office:body><office:text>{body}'
        "</office:text></office:body></office:document-content>",
    )


def xlsx(*rows: Sequence[str | float], sheet: str = "Officers", **parts: str | bytes) -> bytes:
    """A workbook of one sheet. `parts` are further files in the package, `__` standing for a folder."""
    spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{spreadsheet}" xmlns:r="{office}"><sheets><sheet name="{sheet}" '
            'sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{spreadsheet}"><sheetData>{lines}</sheetData></worksheet>',
            **{name.replace("__", "/"): content for name, content in parts.items()},
        }
    )


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def ods(*rows: Sequence[str | float], sheet: str = "Officers", repeated: int = 1) -> bytes:
    """A workbook of one sheet, the last row of which is `repeated`."""
    office, table, text = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text"))

    def cell(value: str | float) -> str:
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        number = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {number}><text:p>{value}</text:p></table:table-cell>"

    lines = "".join(
        f'<table:table-row table:number-rows-repeated="{repeated if number == len(rows) else 1}">'
        f"{''.join(map(cell, row))}</table:table-row>"
        for number, row in enumerate(rows, start=1)
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest'
            ':1.0"><manifest:file-entry manifest:full-path="/" '
            'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
            "content.xml": f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" '
            f'xmlns:text="{text}"><office:body><office:spreadsheet>'
            f'<table:table table:name="{sheet}">{lines}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        }
    )


def mhtml(page: str) -> bytes:
    """A page as browsers save it in one file, its letters written as quoted-printable."""
    body = quopri.encodestring(page.encode()).decode()
    return (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/a\r\nSubject: A page\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n'
        "------b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: https://example.org/a\r\n\r\n{body}\r\n------b--\r\n"
    ).encode()


def _zip(part: str, content: str) -> bytes:
    mimetype = {"mimetype": "application/vnd.oasis.opendocument.text"} if part == "content.xml" else {}
    return zipped({**mimetype, part: content})


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
