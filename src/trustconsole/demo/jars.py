"""Small jars that look like modules: manifest, module.yaml, a class-like file and a resource."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Final

import yaml

_TIME: Final = (2026, 1, 1, 0, 0, 0)
_CLASS_HEADER: Final = bytes.fromhex("cafebabe00000045")  # magic, minor 0, major 69: Java 25
_PACKAGE: Final = "net/example/prexor"


def make_jar(
    module_id: str, version: str, *, hosts: tuple[str, ...] = ("controller",), salt: str = ""
) -> bytes:
    """A jar of some KiB; the same arguments give the same bytes. `salt` changes the class file only.

    Entries are stored, not deflated: compressed bytes differ from one zlib to the next.
    """
    class_name = "".join(part.capitalize() for part in module_id.split("-")) + "Module"
    entrypoint = f"{_PACKAGE}/{class_name}".replace("/", ".")
    manifest = {
        "manifestVersion": 1,
        "id": module_id,
        "version": version,
        "hosts": list(hosts),
        "backend": {host: {"entrypoint": entrypoint} for host in hosts},
    }
    material = f"{module_id} {version} {salt}".encode()
    size = 2048 + hashlib.sha256(material).digest()[0] * 16
    body = hashlib.shake_256(material).digest(size)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in (
            (
                "META-INF/MANIFEST.MF",
                f"Manifest-Version: 1.0\r\nImplementation-Version: {version}\r\n\r\n".encode(),
            ),
            ("META-INF/prexor/module.yaml", yaml.safe_dump(manifest, sort_keys=False).encode()),
            (f"{_PACKAGE}/{class_name}.class", _CLASS_HEADER + body),
            ("messages.properties", f"prefix=[{module_id}]\n".encode()),
        ):
            archive.writestr(_fixed(name), content)
    return buffer.getvalue()


def with_altered_class(jar: bytes) -> bytes:
    """The jar with the last byte of its class file changed: still readable, no longer the signed one."""
    with zipfile.ZipFile(io.BytesIO(jar)) as archive:
        entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries:
            altered = content[:-1] + bytes([content[-1] ^ 1]) if name.endswith(".class") else content
            archive.writestr(_fixed(name), altered)
    return buffer.getvalue()


def _fixed(name: str) -> zipfile.ZipInfo:
    """An entry header that does not depend on the clock, the platform or the umask."""
    info = zipfile.ZipInfo(name, _TIME)
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    return info
