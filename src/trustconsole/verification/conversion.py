"""The command that turns a Sigstore bundle into the legacy one, which the controller reads.

Both formats can hold the same signature; what the legacy one has no room for (proofs, timestamps) is lost,
so that a bundle is converted only where nothing that it needs is among that.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from trustconsole.text import shell_word
from trustconsole.verification.log_entry import LogEntry
from trustconsole.verification.sigstore.bundle import MessageSignature, SigstoreBundle

_BEGIN, _END = "-----BEGIN CERTIFICATE-----\\n", "\\n-----END CERTIFICATE-----\\n"


def conversion_command(
    bundle: SigstoreBundle, key: PublicKeyTypes | None, path: str, *, entry: int | None
) -> str | None:
    """A `jq` command that writes the legacy bundle beside `path`; None where that could not verify.

    `key` is what signed. A legacy bundle means SHA-256 over the artefact, and the controller verifies RSA and
    EC alone. `entry` is the index of the log entry to take along, one with a promise; None: none is.
    """
    content = bundle.content
    if not isinstance(content, MessageSignature) or content.hash_name not in (None, "sha256"):
        return None
    if key is not None and not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return None
    members = ["base64Signature: .messageSignature.signature"]
    if bundle.material is not None:
        members.append(f"cert: {_certificate()}")
    if entry is not None:
        members.append(f"rekorBundle: {_entry(entry, bundle.entries[entry])}")
    program = shell_word(f"{{{', '.join(members)}}}")
    source, target = shell_word(path), shell_word(f"{path}.legacy")
    return f"jq -c {program} {source} > {target}"


def has_promise(entry: LogEntry) -> bool:
    """Whether the entry has what a legacy bundle says about one: a SET, and the time that it is of."""
    return entry.signed_entry_timestamp is not None and entry.integrated_time > 0


def _certificate() -> str:
    leaf = ".verificationMaterial | .certificate // .x509CertificateChain.certificates[0]"
    return f'("{_BEGIN}" + ({leaf}).rawBytes + "{_END}" | @base64)'


def _entry(index: int, entry: LogEntry) -> str:
    # jq cannot write bytes as hex, so the log's id stands in the program.
    payload = (
        "body: .canonicalizedBody, integratedTime: (.integratedTime | tonumber), "
        f'logIndex: ((.logIndex // "0") | tonumber), logID: "{entry.log_id}"'
    )
    return (
        f"(.verificationMaterial.tlogEntries[{index}] | {{SignedEntryTimestamp: "
        f".inclusionPromise.signedEntryTimestamp, Payload: {{{payload}}}}})"
    )
