"""Every finding about a trust-root or Rekor key file by itself, as one table; `judging` decides which apply.

Findings that need a configuration, a bundle or a backup live in the rooms that know those. `{…}` are facts
given by `judging`; `{file}` is the file, `{first_line}` the block's first line.
"""

from __future__ import annotations

from trustconsole.findings import FindingKind

FILE_UNREADABLE = FindingKind(
    "trust-root-unreadable",
    "error",
    "the file cannot be read: {reason}",
    "{reason}",
    "{hint}",
)
NOT_UTF8 = FindingKind(
    "trust-root-not-utf8",
    "error",
    "the file is not UTF-8 (byte {offset}): the controller does not start with it",
    "the build reads the whole file as strict UTF-8, comments included; {detail}",
    "iconv -f {encoding} -t UTF-8 {file} > {file}.utf8, compare, then replace the file",
)
CONTROLLER_REFUSES = FindingKind(
    "controller-refuses-file",
    "error",
    "a controller that enforces signatures does not start with this file",
    "{exception}: {message}",
    "mend the block that the other findings name, or restore the last good copy, before any restart",
)
CONTROLLER_UNKNOWN = FindingKind(
    "controller-load-unknown",
    "warning",
    "whether the controller loads this file cannot be predicted",
    "{reason}",
    "have openssl write the unusual block anew: openssl x509 -in FILE or openssl pkey -pubin -in FILE",
)
NO_FINAL_NEWLINE = FindingKind(
    "no-final-newline",
    "warning",
    "the file does not end with a line end",
    "a block appended with cat would share a line with the last END; most PEM tools then miss both",
    "echo >> {file}",
)
FILE_WRITABLE_BY_OTHERS = FindingKind(
    "file-writable-by-others",
    "error",
    "every user of this host can change the trust root (mode {mode})",
    "{place} is writable by others",
    "chmod o-w {place}",
)
FILE_WRITABLE_BY_GROUP = FindingKind(
    "file-writable-by-group",
    "warning",
    "members of group {group} can change the trust root (mode {mode})",
    "{place} is writable by its group",
    "chmod g-w {place}",
)
DIRECTORY_WRITABLE_BY_OTHERS = FindingKind(
    "directory-writable-by-others",
    "error",
    "every user of this host can replace the trust root (mode {mode} of {place})",
    "whoever may write to a directory above the file can put another file in its place",
    "chmod o-w {place}",
)
DIRECTORY_WRITABLE_BY_GROUP = FindingKind(
    "directory-writable-by-group",
    "warning",
    "members of group {group} can replace the trust root (mode {mode} of {place})",
    "whoever may write to a directory above the file can put another file in its place",
    "chmod g-w {place}",
)

PRIVATE_KEY = FindingKind(
    "private-key-in-file",
    "error",
    "the file holds a private key",
    "a trust root is read by every service that verifies; the private key of a signer does not belong there",
    "treat the key as disclosed: remove lines {first_line}-{last_line}, make a new key, rotate to it",
)
COMMENT_IN_BLOCK = FindingKind(
    "comment-in-block",
    "error",
    "the controller ignores this block: it has a comment inside its body",
    "the build takes only Base64 and white space between BEGIN and END; the documentation's example is not "
    "what the build does",
    "move the comment to a line of its own above line {first_line}",
)
COMMENTED_BUT_TRUSTED = FindingKind(
    "commented-block-still-trusted",
    "error",
    "the BEGIN line is commented out, and the controller trusts the block all the same",
    "the build finds -----BEGIN anywhere in a line; only a mark on every line disables a block",
    "delete lines {first_line}-{last_line}, or put # before every one of them",
)
IGNORED_LABEL = FindingKind(
    "label-ignored-by-controller",
    "warning",
    "the controller ignores this block",
    "its label is {label}; the build knows PUBLIC KEY and CERTIFICATE, written exactly so",
    "{conversion}",
)
IGNORED_BLOCK = FindingKind(
    "block-ignored-by-controller",
    "error",
    "the controller silently ignores this block",
    "{flaw}",
    "write lines {first_line}-{last_line} anew: BEGIN, Base64 and END on lines of their own",
)
NOT_STRICT = FindingKind(
    "block-not-strict",
    "warning",
    "the controller trusts this block, the documented reading does not",
    "{flaw} (RFC 7468)",
    "write lines {first_line}-{last_line} anew: BEGIN, Base64 and END each at the start of a line",
)
MALFORMED_BLOCK = FindingKind(
    "block-malformed",
    "error",
    "the block does not hold a {what}",
    "its text is a block, its content is not what the label says",
    "restore lines {first_line}-{last_line} from the key's owner; check with openssl {check}",
)
MALFORMED_BUT_LOADED = FindingKind(
    "malformed-block-loaded",
    "warning",
    "the controller loads this block although its content is not well-formed",
    "the build's parser is more lenient than the standards: the documented reading does not trust it",
    "have the owner write the key or certificate anew; check with openssl {check}",
)
KEY_NEVER_VERIFIES = FindingKind(
    "key-never-verifies",
    "error",
    "the key loads, but the controller never accepts a signature made with it ({key})",
    "{reason}",
    "make a P-256 key (cosign generate-key-pair), re-sign with it, add it beside this one",
)
KEY_STOPS_CONTROLLER = FindingKind(
    "key-stops-controller",
    "error",
    "the controller does not start with this key ({key})",
    "the build tries RSA, EC and Ed25519 and refuses the whole file when none fits: unsupported public key",
    "remove lines {first_line}-{last_line} before any restart",
)
WEAK_KEY = FindingKind(
    "weak-key",
    "warning",
    "the key is weak: RSA with {bits} bits",
    "RSA below 2048 bits can be broken with known means; the controller accepts it",
    "rotate to a P-256 key or RSA with at least 2048 bits",
)
DUPLICATE_KEY = FindingKind(
    "duplicate-key",
    "warning",
    "the same {what} stands in the file more than once (first at line {other_line})",
    "the controller loads it once for each block; removing one of them removes no trust",
    "delete lines {first_line}-{last_line}",
)
RENEWED_CERTIFICATE = FindingKind(
    "same-key-renewed-certificate",
    "info",
    "another certificate for the same key stands at line {other_line}",
    "the certificate was renewed with its key: trust in the key goes on until both are removed",
    "remove the older of the two once every leaf chains to the newer",
)
ANCHOR_EXPIRED = FindingKind(
    "anchor-expired",
    "error",
    "the certificate expired on {date}",
    "the documented reading refuses chains that end in it; the controller ignores the dates of an anchor and "
    "still honours it",
    "have the CA renewed and rotate to the new certificate",
)
ANCHOR_NOT_YET_VALID = FindingKind(
    "anchor-not-yet-valid",
    "error",
    "the certificate is valid only from {date}",
    "until then the documented reading refuses chains that end in it; the controller ignores its dates",
    "check the clock (timedatectl), else wait until {date} or take a certificate that is valid now",
)
ANCHOR_EXPIRES_7 = FindingKind(
    "anchor-expires-7",
    "error",
    "the certificate expires on {date}, within 7 days ({left})",
    "from then on the documented reading refuses chains that end in it",
    "rotate to a renewed certificate now",
)
ANCHOR_EXPIRES_30 = FindingKind(
    "anchor-expires-30",
    "warning",
    "the certificate expires on {date}, within 30 days ({left})",
    "from then on the documented reading refuses chains that end in it",
    "have the CA renewed and start the rotation",
)
ANCHOR_EXPIRES_90 = FindingKind(
    "anchor-expires-90",
    "info",
    "the certificate expires on {date}, within 90 days ({left})",
    "from then on the documented reading refuses chains that end in it",
    "plan the renewal",
)
ANCHOR_NOT_CA = FindingKind(
    "anchor-not-ca",
    "warning",
    "the certificate is not a CA",
    "the documented reading takes it as a pinned leaf, byte for byte; the controller ignores the CA flag",
    "put the issuing CA's certificate here, or the leaf's PUBLIC KEY",
)
ANCHOR_PUBLIC_CA = FindingKind(
    "anchor-public-ca",
    "error",
    "the anchor is a public CA: {name}",
    "anyone on earth may obtain a leaf from it, and no module check looks at the identity in a leaf",
    "remove lines {first_line}-{last_line}; pin the author's PUBLIC KEY or run a private CA",
)

KINDS: tuple[FindingKind, ...] = tuple(
    kind for kind in list(globals().values()) if isinstance(kind, FindingKind)
)
"""Every row, in the order of this file."""
