"""Every numeric bound on untrusted input, in one table (source: design note `rules.md`, "Limits")."""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB

PEM_BYTES: Final = 1 * MIB
"""A trust root, a Rekor key file or any other PEM file."""

PEM_BLOCKS: Final = 256
"""Blocks in one PEM file, of any label."""

SIDECAR_BYTES: Final = 4 * MIB
"""A `.sig` or a bundle."""

JSON_DEPTH: Final = 32
"""Nesting of objects and arrays in a bundle."""

LOG_ENTRIES: Final = 32
"""Log entries in one bundle."""

TIMESTAMPS: Final = 32
"""RFC 3161 timestamps in one bundle."""

SUBJECTS: Final = 4096
"""Artefacts that one in-toto statement is about."""

PROOF_HASHES: Final = 64
"""Hashes in one inclusion proof: enough for a log of 2^63 entries."""

CHECKPOINT_SIGNATURES: Final = 64
"""Signature lines in one checkpoint."""
TRUSTED_ROOT_BYTES: Final = 1 * MIB
"""A trusted_root.json."""

TRUSTED_ROOT_ENTRIES: Final = 64
"""Logs or authorities of one kind in a trusted_root.json."""

TIMESTAMP_BYTES: Final = 64 * KIB
"""One RFC 3161 timestamp."""

SCTS: Final = 32
"""Signed certificate timestamps in one leaf."""

IDENTITY_CHARS: Final = 2048
"""A subject alternative name that is compared with an identity."""

IDENTITIES_CHARS: Final = 8 * IDENTITY_CHARS
"""All subject alternative names of one certificate that are compared with an expression."""

EXPRESSION_CHARS: Final = 1024
"""A regular expression for an identity."""

EXPRESSION_STATES: Final = 4000
"""Steps of the program that such an expression becomes; counted repetitions multiply them."""

YAML_BYTES: Final = 1 * MIB
"""controller.yml, the settings, and module.yaml inside a jar."""

YAML_NODES: Final = 50_000
"""Keys and values in controller.yml; beyond it, reading would take longer than an operator waits."""

ARTIFACT_BYTES: Final = 2 * GIB - 1
"""A module; the controller build reads it into one array and has the same bound."""

ED25519_BYTES: Final = 64 * MIB
"""An artefact for pure Ed25519, which needs the whole message in memory."""

MANIFEST_BYTES: Final = 64 * KIB
"""META-INF/prexor/module.yaml, uncompressed."""

INTERMEDIATES: Final = 8
"""Certificates between leaf and anchor."""

CENTRAL_DIRECTORY_BYTES: Final = 16 * MIB
"""A jar's central directory, which is read whole."""

MANIFEST_DEPTH: Final = 16
"""Nesting of mappings and sequences in module.yaml."""

MANIFEST_VALUE_CHARS: Final = 256
"""An id, a version or a host in module.yaml."""

MODULES: Final = 100_000
"""Artefacts in one inventory."""

TREE_DEPTH: Final = 32
"""Directories below one that is walked for modules."""

TREE_ENTRIES: Final = 500_000
"""Directory entries looked at while walking for modules, over all directories."""

STORE_INDEX_BYTES: Final = 16 * MIB
"""modules-index.json of a module store."""

COMMAND_SECONDS: Final = 10.0
"""A probe of a node (systemctl, ps) must answer within this time."""

COMMAND_OUTPUT_BYTES: Final = 256 * KIB
"""What is kept of a probe's output."""

REMOTE_OUTPUT_BYTES: Final = 4 * MIB
"""What is kept of a look at a node of another host: a controller.yml in Base64, and a little more."""

RESTART_SECONDS: Final = 300.0
"""A restart command of the settings must end within this time."""

READY_SECONDS: Final = 300.0
"""How long a restarted node may take until it says that it is ready."""

READY_ANSWER_SECONDS: Final = 5.0
"""One answer to the question whether a node is ready."""

READY_ANSWER_BYTES: Final = 4 * KIB
"""What is read of such an answer."""

STATE_BYTES: Final = 4 * MIB
"""A file of the console's own state directory."""

LOCK_BYTES: Final = 512
"""What is read of a lock file: who holds it."""

AUDIT_BYTES: Final = 64 * MIB
"""The audit log; beyond it nothing is appended until it is moved aside."""

AUDIT_RECORD_BYTES: Final = 64 * KIB
"""One line of the audit log."""

BACKUP_BYTES: Final = 4 * MIB
"""One file that is kept as a backup: a PEM file, controller.yml or a sidecar."""

PROCESS_ENTRY_BYTES: Final = 4 * MIB
"""What is read of one file under /proc, and of a pid file."""

CHECKSUMS_BYTES: Final = 4 * MIB
"""The checksums file of a release."""

CHECKSUM_LINES: Final = 20_000
"""Lines in it."""

RELEASE_FILE_BYTES: Final = 64 * GIB
"""A file that a release lists; it is streamed, so only time bounds it."""

RELEASE_ENTRIES: Final = 50_000
"""Directory entries of a release that are looked at for files that are not listed."""

SBOM_BYTES: Final = 32 * MIB
"""A software bill of materials."""

SBOM_COMPONENTS: Final = 100_000
"""Components in one, nested ones included."""

SBOM_TABLE: Final = 20_000
"""Components of one that are shown; the library takes a quarter of a millisecond for each."""

ENTRY_FILE_BYTES: Final = 4 * MIB
"""A log entry fetched elsewhere, and each answer of a log that is asked online."""

ONLINE_SECONDS: Final = 20.0
"""Searching a log and fetching entries from it, all together."""

IMAGE_MANIFEST_BYTES: Final = 4 * MIB
"""An image manifest or index, index.json of a layout: what registries take at most."""

IMAGE_DEPTH: Final = 8
"""Indexes inside indexes of one image."""

IMAGE_BLOBS: Final = 4096
"""Descriptors that one image reaches, over all platforms."""

IMAGE_MANIFESTS_BYTES: Final = 64 * MIB
"""All manifests of one image together, and all that are looked at for signatures."""

IMAGE_ATTACHMENTS: Final = 256
"""Signatures and attestations of one image."""

ATTACHMENT_BYTES: Final = 8 * MIB
"""One signature, attestation or provenance statement of an image."""

ATTACHMENTS_BYTES: Final = 32 * MIB
"""All signatures and attestations of one image together."""

ARCHIVE_ENTRIES: Final = 65_536
"""Entries in a saved image."""

ARCHIVE_NAME_BYTES: Final = 64 * KIB
"""An extended header of one entry in a saved image: its long name and attributes."""

PROVENANCE_SOURCES: Final = 16
"""Different repositories, refs or commits that one provenance names."""

ATTACHED_MANIFEST_BYTES: Final = 16 * KIB
"""A blob of a layout that is looked at because it may be a manifest about an image."""

LAYOUT_BLOBS: Final = 4096
"""Blobs of a layout that are looked at for signatures which no index names."""

REGISTRY_SECONDS: Final = 30.0
"""A registry must begin to answer, and go on answering, within this time."""

REGISTRY_TOTAL_SECONDS: Final = 300.0
"""All requests for one image together."""

REGISTRY_BYTES: Final = 128 * MIB
"""All answers of a registry about one image together; no layer is among them."""

REGISTRY_PAGES: Final = 16
"""Pages of a list of referrers."""

REGISTRY_REDIRECTS: Final = 5
"""Redirects that one request follows."""

CONTAINER_CONFIG_BYTES: Final = 1 * MIB
"""A config.json or auth.json with an operator's credentials for registries."""
