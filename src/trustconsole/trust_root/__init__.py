"""The PEM file that says whom to trust: its blocks, what is trusted, what the controller loads."""

from trustconsole.trust_root.candidates import (
    Candidate,
    FileContent,
    add_block,
    find_fingerprint,
    remove_block,
    replace_block,
)
from trustconsole.trust_root.diff import BlockChange, LoadChange, Renewal, TrustRootDiff, diff_trust_roots
from trustconsole.trust_root.java_base64 import JavaBase64Error, java_base64_decode
from trustconsole.trust_root.java_certificate import JavaCertificateError, java_certificate
from trustconsole.trust_root.java_der import CannotPredict
from trustconsole.trust_root.java_keys import java_public_key
from trustconsole.trust_root.keys import public_key_facts, spki_der, spki_sha256, subject_text
from trustconsole.trust_root.model import (
    LOAD_AS,
    Block,
    BlockKind,
    BlockStatus,
    ControllerLoad,
    KeyFacts,
    LoadAs,
    LoadedCertificate,
    LoadedKey,
    TrustRootReport,
)
from trustconsole.trust_root.reading import read_trust_root, scan_trust_root

__all__ = [
    "LOAD_AS",
    "Block",
    "BlockChange",
    "BlockKind",
    "BlockStatus",
    "Candidate",
    "CannotPredict",
    "ControllerLoad",
    "FileContent",
    "JavaBase64Error",
    "JavaCertificateError",
    "KeyFacts",
    "LoadAs",
    "LoadChange",
    "LoadedCertificate",
    "LoadedKey",
    "Renewal",
    "TrustRootDiff",
    "TrustRootReport",
    "add_block",
    "diff_trust_roots",
    "find_fingerprint",
    "java_base64_decode",
    "java_certificate",
    "java_public_key",
    "public_key_facts",
    "read_trust_root",
    "remove_block",
    "replace_block",
    "scan_trust_root",
    "spki_der",
    "spki_sha256",
    "subject_text",
]
