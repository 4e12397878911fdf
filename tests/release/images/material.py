"""Images made from nothing, their signatures in every form that cosign writes, and copies of them on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from trustconsole.demo.authorities import Authority, derive_key, make_ca, make_leaf, public_pem
from trustconsole.demo.signing import hashedrekord_body, rekor_entry, sign_raw, text64

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SEED = 11
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
SIMPLE = "application/vnd.dev.cosign.simplesigning.v1+json"
DSSE = "application/vnd.dsse.envelope.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
IN_TOTO = "application/vnd.in-toto+json"
SIGN = "https://sigstore.dev/cosign/sign/v1"
SLSA_1 = "https://slsa.dev/provenance/v1"
SLSA_02 = "https://slsa.dev/provenance/v0.2"
REPOSITORY = "https://github.com/prexorjustin/prexorcloud"
WORKFLOW = ".github/workflows/release-images.yml"
REF = "refs/tags/v1.4.0"
COMMIT = "a9ec402f06cdb367cb4ecd9d221265dbc42431cf"
IDENTITY = f"{REPOSITORY}/{WORKFLOW}@{REF}"
ISSUER = "https://token.actions.githubusercontent.com"
ARC = "1.3.6.1.4.1.57264.1"

Json = dict[str, object]


def sha256(data: bytes) -> str:
    """The digest as descriptors write it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def dump(value: object) -> bytes:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":")).encode()


@dataclass
class Blobs:
    """Blobs by digest, and the descriptors of what was put in."""

    held: dict[str, bytes] = field(default_factory=dict)

    def put(self, data: bytes, media_type: str, **members: object) -> Json:
        """Keep `data`; its descriptor."""
        digest = sha256(data)
        self.held[digest] = data
        return {"mediaType": media_type, "size": len(data), "digest": digest, **members}


@dataclass
class Image:
    """An image of two platforms under one index, unless it is made otherwise."""

    blobs: Blobs
    top: Json
    platforms: tuple[Json, ...]

    @property
    def digest(self) -> str:
        """The digest that signatures are for."""
        return str(self.top["digest"])

    @property
    def manifest(self) -> bytes:
        """The bytes of the top manifest."""
        return self.blobs.held[self.digest]


def make_platform(blobs: Blobs, architecture: str, name: str) -> Json:
    """A manifest with a configuration and a layer; its descriptor with the platform."""
    config = blobs.put(dump({"architecture": architecture, "os": "linux", "rootfs": {}}), CONFIG)
    layer = blobs.put(f"{name} for {architecture}".encode(), LAYER)
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
    platform = {"architecture": architecture, "os": "linux"}
    return blobs.put(dump(manifest), MANIFEST, platform=platform)


def make_image(
    name: str = "controller", *, blobs: Blobs | None = None, further: Sequence[Json] = ()
) -> Image:
    """An index of amd64 and arm64; `further` are descriptors added to it."""
    blobs = blobs or Blobs()
    platforms = tuple(make_platform(blobs, architecture, name) for architecture in ("amd64", "arm64"))
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [*platforms, *further]}
    return Image(blobs, blobs.put(dump(index), INDEX), platforms)


def simple_payload(
    digest: str, reference: str = "registry.example/prexorcloud/controller", **changes: object
) -> bytes:
    """A simple signing payload; `changes` replace members of `critical`."""
    critical: Json = {
        "identity": {"docker-reference": reference},
        "image": {"docker-manifest-digest": digest},
        "type": "cosign container image signature",
        **changes,
    }
    return dump({"critical": critical, "optional": None})


def statement(digest: str, predicate_type: str, predicate: object, name: str = "controller") -> bytes:
    """An in-toto statement about an image."""
    subject = [{"name": name, "digest": {"sha256": digest.partition(":")[2]}}]
    return dump(
        {
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": predicate_type,
            "subject": subject,
            "predicate": predicate,
        }
    )


def slsa_1(
    *,
    repository: str = REPOSITORY,
    workflow: str = WORKFLOW,
    ref: str = REF,
    builder: str = IDENTITY,
    commit: str = COMMIT,
) -> Json:
    """A predicate of SLSA 1 as GitHub's workflow build type has it."""
    return {
        "buildDefinition": {
            "buildType": "https://actions.github.io/buildtypes/workflow/v1",
            "externalParameters": {"workflow": {"path": workflow, "ref": ref, "repository": repository}},
            "resolvedDependencies": [
                {"uri": f"git+{repository}@{ref}", "digest": {"gitCommit": commit}},
                {"uri": "pkg:docker/eclipse-temurin@21-jre", "digest": {"sha256": "0" * 64}},
            ],
        },
        "runDetails": {"builder": {"id": builder}, "metadata": {"invocationId": "run"}},
    }


def buildkit_02(
    *, repository: str = REPOSITORY, ref: str = REF, builder: str = f"{REPOSITORY}/actions/runs/1/attempts/1"
) -> Json:
    """A predicate of SLSA 0.2 as BuildKit writes it in max mode."""
    return {
        "builder": {"id": builder},
        "buildType": "https://mobyproject.org/buildkit@v1",
        "invocation": {
            "configSource": {
                "uri": f"{repository}.git#{ref}",
                "digest": {"sha1": COMMIT},
                "entryPoint": "docker/controller.Dockerfile",
            }
        },
        "metadata": {
            "https://mobyproject.org/buildkit@v1#metadata": {
                "vcs": {"revision": COMMIT, "source": repository}
            }
        },
    }


def pae(payload: bytes, kind: str = IN_TOTO) -> bytes:
    """What a DSSE signature covers."""
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)


@dataclass
class Signers:
    """Keys and an authority whose leaves carry a workflow's identity."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "release"))
    stranger: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "stranger"))
    log: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "log"))
    leaf_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: derive_key(SEED, "leaf"))

    def __post_init__(self) -> None:
        day = timedelta(days=1)
        self.ca: Authority = make_ca(
            derive_key(SEED, "ca"), "Images CA", not_before=NOW - 400 * day, not_after=NOW + 400 * day
        )

    def leaf(
        self,
        identity: str = IDENTITY,
        *,
        start: datetime = NOW - timedelta(minutes=5),
        length: timedelta = timedelta(minutes=10),
        commit: str = COMMIT,
    ) -> Authority:
        """A leaf of ten minutes as Fulcio issues it to a workflow."""
        extra = [(_raw(1, ISSUER.encode()), False), (_raw(13, _utf8(commit)), False)]
        return make_leaf(
            self.leaf_key,
            x509.Name([]),
            self.ca,
            not_before=start,
            not_after=start + length,
            san=[x509.UniformResourceIdentifier(identity)],
            extra=extra,
        )

    def entry(self, content: bytes, signature: bytes, verifier: bytes, at: datetime = NOW) -> Json:
        """A log entry about `content` with its SET."""
        body = hashedrekord_body(hashlib.sha256(content).hexdigest(), signature, verifier)
        return rekor_entry(self.log, body, integrated_time=at, log_index=5)


def _utf8(text: str) -> bytes:
    return bytes([0x0C, len(text)]) + text.encode()


def _raw(number: int, value: bytes) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{ARC}.{number}"), value)


def certificate_pem(leaf: Authority) -> str:
    """The certificate as an annotation holds it."""
    return leaf.certificate.public_bytes(Encoding.PEM).decode()


def simple_layer(
    blobs: Blobs,
    key: ec.EllipticCurvePrivateKey,
    payload: bytes,
    annotations: Mapping[str, str] | None = None,
) -> Json:
    """A layer of the tag scheme: the payload, its signature in an annotation."""
    own = {"dev.cosignproject.cosign/signature": text64(sign_raw(key, payload)), **(annotations or {})}
    return blobs.put(payload, SIMPLE, annotations=own)


def keyless_layer(
    blobs: Blobs, signers: Signers, payload: bytes, leaf: Authority, at: datetime | None
) -> Json:
    """A layer signed by `leaf`, with a log entry where a time `at` is given."""
    signature = sign_raw(signers.leaf_key, payload)
    annotations = {"dev.sigstore.cosign/certificate": certificate_pem(leaf)}
    if at is not None:
        entry = signers.entry(payload, signature, certificate_pem(leaf).encode(), at)
        annotations["dev.sigstore.cosign/bundle"] = json.dumps(entry)
    annotations["dev.cosignproject.cosign/signature"] = text64(signature)
    return blobs.put(payload, SIMPLE, annotations=annotations)


def dsse_layer(
    blobs: Blobs, key: ec.EllipticCurvePrivateKey, payload: bytes, signed: bytes | None = None
) -> Json:
    """A DSSE envelope of the tag scheme; `signed` is the payload that was signed, where it is another."""
    signature = sign_raw(key, pae(payload if signed is None else signed))
    envelope = {
        "payloadType": IN_TOTO,
        "payload": text64(payload),
        "signatures": [{"keyid": "", "sig": text64(signature)}],
    }
    return blobs.put(dump(envelope), DSSE)


def bundle_layer(blobs: Blobs, key: ec.EllipticCurvePrivateKey, payload: bytes) -> Json:
    """A Sigstore bundle v0.3 around a statement, signed by a bare key."""
    bundle = {
        "mediaType": BUNDLE,
        "verificationMaterial": {"publicKey": {"hint": "none"}},
        "dsseEnvelope": {
            "payload": text64(payload),
            "payloadType": IN_TOTO,
            "signatures": [{"sig": text64(sign_raw(key, pae(payload)))}],
        },
    }
    return blobs.put(dump(bundle), BUNDLE)


def carrier(blobs: Blobs, layers: Sequence[Json], **members: object) -> Json:
    """A manifest that carries layers; its descriptor."""
    config = blobs.put(b"{}", CONFIG)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config,
        "layers": list(layers),
        **members,
    }
    return blobs.put(dump(manifest), MANIFEST)


def referrer(image: Image, layers: Sequence[Json], artifact_type: str = BUNDLE) -> Json:
    """A manifest about `image`, as OCI 1.1 has it."""
    subject = {name: image.top[name] for name in ("mediaType", "size", "digest")}
    return carrier(image.blobs, layers, subject=subject, artifactType=artifact_type)


def attestation_manifest(blobs: Blobs, about: Json, payload: bytes, predicate_type: str = SLSA_02) -> Json:
    """BuildKit's attestation manifest for a platform; its descriptor as an index lists it."""
    layer = blobs.put(payload, IN_TOTO, annotations={"in-toto.io/predicate-type": predicate_type})
    plain = carrier(blobs, [layer])
    return {
        **plain,
        "annotations": {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": str(about["digest"]),
        },
        "platform": {"architecture": "unknown", "os": "unknown"},
    }


def named(descriptor: Json, name: str) -> Json:
    """The descriptor under a tag, as `skopeo` and `crane` write it."""
    return {**descriptor, "annotations": {"org.opencontainers.image.ref.name": name}}


def of_kind(descriptor: Json, kind: str) -> Json:
    """The descriptor as `cosign save` marks it."""
    return {**descriptor, "annotations": {"kind": f"dev.cosignproject.cosign/{kind}"}}


def tag(image: Image, suffix: str) -> str:
    """The tag under which the scheme keeps what belongs to `image`."""
    return image.digest.replace(":", "-") + suffix


def write_layout(directory: Path, blobs: Blobs, entries: Sequence[Json]) -> Path:
    """An OCI layout with these entries in its index."""
    folder = directory / "blobs" / "sha256"
    folder.mkdir(parents=True)
    for digest, data in blobs.held.items():
        (folder / digest.partition(":")[2]).write_bytes(data)
    (directory / "oci-layout").write_bytes(dump({"imageLayoutVersion": "1.0.0"}))
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": list(entries)}
    (directory / "index.json").write_bytes(dump(index))
    return directory


def write_dir_copy(directory: Path, image: Image, signatures: Sequence[bytes]) -> Path:
    """A `dir:` copy, with the signature files given as they are."""
    directory.mkdir(parents=True, exist_ok=True)
    manifests = {str(one["digest"]) for one in image.platforms}
    for digest, data in image.blobs.held.items():
        name = digest.partition(":")[2]
        if digest == image.digest:
            continue
        (directory / (f"{name}.manifest.json" if digest in manifests else name)).write_bytes(data)
    (directory / "manifest.json").write_bytes(image.manifest)
    (directory / "version").write_text("Directory Transport Version: 1.1\n")
    for number, data in enumerate(signatures, 1):
        (directory / f"signature-{number}").write_bytes(data)
    return directory


def signature_file(payload: bytes, annotations: Mapping[str, str], media_type: str = SIMPLE) -> bytes:
    """A signature of a `dir:` copy."""
    document = {"mimeType": media_type, "payload": text64(payload), "annotations": dict(annotations)}
    return b"\0sigstore-json\n" + dump(document)


def write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> Path:
    """The public half as a PEM file."""
    path.write_bytes(public_pem(key))
    return path
