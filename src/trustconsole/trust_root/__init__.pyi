"""The PEM file that says whom to trust: its blocks, what is trusted, what the controller loads."""

from trustconsole.trust_root.candidates import (
    Candidate,
    FileContent,
    add_block,
    block_as_written,
    find_fingerprint,
    remove_block,
    replace_block,
)
from trustconsole.trust_root.diff import BlockChange, LoadChange, Renewal, TrustRootDiff, diff_trust_roots
from trustconsole.trust_root.java_base64 import JavaBase64Error, java_base64_decode
from trustconsole.trust_root.java_certificates import JavaCertificateError, java_certificate
from trustconsole.trust_root.java_der import CannotPredict
from trustconsole.trust_root.java_keys import java_public_key
from trustconsole.trust_root.key_details import KEY_DETAILS, KeyDetails
from trustconsole.trust_root.keys import (
    BROKEN_FIELDS,
    KeyFacts,
    fully_read,
    public_key_facts,
    spki_der,
    spki_sha256,
    subject_text,
)
from trustconsole.trust_root.model import (
    LOAD_AS,
    Block,
    BlockKind,
    BlockStatus,
    ControllerLoad,
    LoadAs,
    LoadedCertificate,
    LoadedKey,
    TrustRootReport,
)
from trustconsole.trust_root.packaged import PackagedTrustedRoot, packaged_trusted_root
from trustconsole.trust_root.public_cas import public_ca_name
from trustconsole.trust_root.reading import read_trust_root, scan_trust_root
from trustconsole.trust_root.silence import without_warnings
from trustconsole.trust_root.trusted_root import TrustedAuthority, TrustedLog, TrustedRoot, Validity
from trustconsole.trust_root.trusted_root_file import parse_trusted_root, read_trusted_root

__all__ = [
    "BROKEN_FIELDS",
    "KEY_DETAILS",
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
    "KeyDetails",
    "KeyFacts",
    "LoadAs",
    "LoadChange",
    "LoadedCertificate",
    "LoadedKey",
    "PackagedTrustedRoot",
    "Renewal",
    "TrustRootDiff",
    "TrustRootReport",
    "TrustedAuthority",
    "TrustedLog",
    "TrustedRoot",
    "Validity",
    "add_block",
    "block_as_written",
    "diff_trust_roots",
    "find_fingerprint",
    "fully_read",
    "java_base64_decode",
    "java_certificate",
    "java_public_key",
    "packaged_trusted_root",
    "parse_trusted_root",
    "public_ca_name",
    "public_key_facts",
    "read_trust_root",
    "read_trusted_root",
    "remove_block",
    "replace_block",
    "scan_trust_root",
    "spki_der",
    "spki_sha256",
    "subject_text",
    "without_warnings",
]
