"""A publisher of releases with a certificate authority, a log and signing keys of its own, all made here."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from trustconsole.demo.authorities import Authority, derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.signing import (
    JsonObject,
    detached,
    hashedrekord_body,
    legacy_bundle,
    log_id,
    rekor_entry,
    sign_raw,
    spki_der,
    text64,
)

SIGNED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = SIGNED + timedelta(days=90)
ISSUER = "https://token.actions.githubusercontent.com"
OURS = "https://github.com/prexorjustin/prexorcloud/.github/workflows/release.yml@refs/tags/v1.4.0"
LOOKALIKE = "https://github.com/prexorjustin/prexorcloud/xgithub/workflows/releaseXyml@refs/tags/v1.4.0"
ARCHIVE = "prexorctl_1.4.0_linux_x86_64.tar.gz"
OTHER_ARCHIVE = "prexorctl_1.4.0_windows_arm64.zip"
SEED = 11


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sbom(archive: str, content: bytes, *, version: str = "v1.8.1", **changes: object) -> bytes:
    """A CycloneDX document as syft writes it about a file; `changes` replace top-level members."""
    document: dict[str, object] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "file", "name": archive, "version": f"sha256:{sha256(content)}"}},
        "components": [
            {
                "type": "library",
                "name": "github.com/spf13/cobra",
                "version": version,
                "purl": f"pkg:golang/github.com/spf13/cobra@{version}",
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        ],
    }
    document.update(changes)
    return json.dumps(document).encode()


def gnu(sums: Mapping[str, str]) -> bytes:
    """A checksums file as `sha256sum` writes it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()


def utf8_string(text: str) -> bytes:
    raw = text.encode()
    assert len(raw) < 256
    length = bytes([len(raw)]) if len(raw) < 128 else bytes([0x81, len(raw)])
    return b"\x0c" + length + raw


def fulcio(number: int, value: bytes) -> tuple[x509.ExtensionType, bool]:
    oid = x509.ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
    return x509.UnrecognizedExtension(oid, value), False


@dataclass
class Publisher:
    """Everything that signs; `name` makes its keys its own."""

    name: str = "ours"
    root: Authority = field(init=False)
    intermediate: Authority = field(init=False)
    log: ec.EllipticCurvePrivateKey = field(init=False)
    leaf_key: ec.EllipticCurvePrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self.root = self._authority("root", None)
        self.intermediate = self._authority("intermediate", self.root)
        self.log = derive_key(SEED, f"{self.name} log")
        self.leaf_key = derive_key(SEED, f"{self.name} leaf")

    def _authority(self, which: str, issuer: Authority | None) -> Authority:
        return make_ca(
            derive_key(SEED, f"{self.name} {which}"),
            f"{self.name} {which}",
            not_before=SIGNED - timedelta(days=900),
            not_after=SIGNED + timedelta(days=3000),
            issuer=issuer,
            code_signing=issuer is not None,
        )

    def leaf(
        self,
        identity: str = OURS,
        *,
        issuer: str = ISSUER,
        start: datetime = SIGNED - timedelta(minutes=5),
        minutes: int = 10,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> Authority:
        """A certificate as Fulcio issues it, ten minutes long unless told otherwise."""
        extra = [
            fulcio(1, issuer.encode()),
            fulcio(8, utf8_string(issuer)),
            fulcio(12, utf8_string("https://github.com/prexorjustin/prexorcloud")),
            fulcio(13, utf8_string("ab" * 20)),
            fulcio(14, utf8_string("refs/tags/v1.4.0")),
        ]
        return make_leaf(
            key or self.leaf_key,
            x509.Name([]),
            self.intermediate,
            not_before=start,
            not_after=start + timedelta(minutes=minutes),
            san=[x509.UniformResourceIdentifier(identity)],
            extra=extra,
        )

    def roots(self, directory: Path) -> Path:
        """A PEM of intermediate and root."""
        path = directory / f"{self.name}-roots.pem"
        path.write_bytes(self.intermediate.pem + self.root.pem)
        return path

    def log_key(self, directory: Path) -> Path:
        path = directory / f"{self.name}-rekor.pub"
        path.write_bytes(public_pem(self.log))
        return path

    def trusted_root(self, directory: Path, *, address: str = "https://rekor.example.test") -> Path:
        """A trusted_root.json of this publisher's own instance."""
        start = {"start": "2020-01-01T00:00:00Z"}
        document = {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [
                {
                    "baseUrl": address,
                    "hashAlgorithm": "SHA2_256",
                    "publicKey": {
                        "rawBytes": text64(spki_der(self.log)),
                        "keyDetails": "PKIX_ECDSA_P256_SHA_256",
                        "validFor": start,
                    },
                    "logId": {"keyId": text64(bytes.fromhex(log_id(self.log)))},
                }
            ],
            "certificateAuthorities": [
                {
                    "uri": "https://fulcio.example.test",
                    "certChain": {
                        "certificates": [
                            {"rawBytes": text64(self.intermediate.der)},
                            {"rawBytes": text64(self.root.der)},
                        ]
                    },
                    "validFor": start,
                }
            ],
        }
        path = directory / f"{self.name}-trusted_root.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def entry(
        self, content: bytes, signature: bytes, leaf: Authority, *, at: datetime = SIGNED
    ) -> JsonObject:
        """A `rekorBundle` about the signature."""
        body = hashedrekord_body(sha256(content), signature, leaf.pem)
        return rekor_entry(self.log, body, integrated_time=at, log_index=7)


def rekor_answer(entry: JsonObject, *, uuid: str = "ab" * 32) -> dict[str, object]:
    """What Rekor's `/api/v1/log/entries` answers for a `rekorBundle`, without a proof."""
    payload = entry["Payload"]
    assert isinstance(payload, dict)
    signed = entry["SignedEntryTimestamp"]
    return {uuid: {**payload, "verification": {"signedEntryTimestamp": signed}}}


@dataclass
class Release:
    """A directory with one signed release of two archives; parts are replaced by writing them anew."""

    directory: Path
    publisher: Publisher = field(default_factory=Publisher)
    archives: dict[str, bytes] = field(
        default_factory=lambda: {ARCHIVE: b"linux " * 50, OTHER_ARCHIVE: b"windows " * 50}
    )
    leaf: Authority = field(init=False)
    signature: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.leaf = self.publisher.leaf()
        for name, content in self.archives.items():
            self.write(name, content)
            self.write(f"{name}.sbom.json", sbom(name, content))
        self.sign()

    @property
    def checksums(self) -> bytes:
        return self.directory.joinpath("checksums.txt").read_bytes()

    def write(self, name: str, data: bytes) -> None:
        self.directory.joinpath(name).write_bytes(data)

    def remove(self, *names: str) -> None:
        for name in names:
            self.directory.joinpath(name).unlink()

    def sums(self) -> dict[str, str]:
        """What is there now, as it would be listed."""
        return {
            path.name: sha256(path.read_bytes())
            for path in sorted(self.directory.iterdir())
            if not path.name.startswith("checksums.txt")
        }

    def sign(self, checksums: bytes | None = None, leaf: Authority | None = None) -> None:
        """List what is there (or take `checksums`), sign it, and write `.sig` and `.pem` beside it."""
        self.leaf = leaf or self.leaf
        data = gnu(self.sums()) if checksums is None else checksums
        self.signature = sign_raw(self.leaf.key, data)
        self.write("checksums.txt", data)
        self.write("checksums.txt.sig", detached(self.signature))
        self.write("checksums.txt.pem", b64encode(self.leaf.pem))

    def entry(self, *, at: datetime = SIGNED) -> JsonObject:
        """The log entry of the signature."""
        return self.publisher.entry(self.checksums, self.signature, self.leaf, at=at)

    def entry_file(self, path: Path, *, at: datetime = SIGNED) -> Path:
        path.write_text(json.dumps(rekor_answer(self.entry(at=at))), encoding="utf-8")
        return path

    def bundle(self, name: str = "checksums.txt.sigstore.json", *, logged: bool = True) -> None:
        """A legacy bundle in the place of `.sig` and `.pem`."""
        self.write(
            name,
            legacy_bundle(
                self.signature,
                certificate=self.leaf.pem,
                rekor_bundle=self.entry() if logged else None,
            ),
        )
        self.remove("checksums.txt.sig", "checksums.txt.pem")
