"""Jars for the inventory tests, whole and broken."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

NAME = "META-INF/prexor/module.yaml"
MANIFEST = b"id: essentials\nversion: 2.4.1\nhosts: [controller, daemon]\n"


def jar_bytes(
    entries: Sequence[tuple[str, bytes]] = ((NAME, MANIFEST),), *, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A zip of these entries, in order; a name may stand twice."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            if name in archive.namelist():
                info.filename = name[:-1] + "\0"  # renamed below: zipfile warns about a second one
            archive.writestr(info, content)
    return buffer.getvalue().replace(NAME[:-1].encode() + b"\0", NAME.encode())


def patched(jar: bytes, signature: bytes, offset: int, layout: str, value: int) -> bytes:
    """The jar with the field at `offset` of its first header with `signature` replaced."""
    position = jar.index(signature) + offset
    return jar[:position] + struct.pack(layout, value) + jar[position + struct.calcsize(layout) :]
