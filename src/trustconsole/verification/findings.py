"""Findings about one bundle, one row each; `observations`, `diagnosis` and others fill in the facts."""

from __future__ import annotations

from typing import Final

from trustconsole.findings import FindingKind

KINDS: Final[dict[str, FindingKind]] = {
    kind.id: kind
    for kind in (
        FindingKind(
            "missing-sidecar",
            "error",
            "There is no signature file that {mode} reads.",
            "{mode} looks for {expected}{found}.",
            "Put the author's signature file there, or ask for one: {command}",
        ),
        FindingKind(
            "no-usable-block",
            "error",
            "The trust root holds no block that {mode} can use.",
            "{mode} needs {needs}; {trust_root} has {has}.",
            "Add the author's block to {trust_root}, or correct modules.signing.mode.",
        ),
        FindingKind(
            "unsupported-format",
            "error",
            "The bundle's format is not known ({media_type}).",
            "Known are the Sigstore bundle in versions 0.1, 0.2 and 0.3, and the legacy cosign bundle.",
            "See whether a newer trustconsole knows it, or: {resign}",
        ),
        FindingKind(
            "sigstore-under-legacy-name",
            "error",
            "The file is a Sigstore bundle under the legacy name.",
            "cosign 3 writes {media_type} by default; the controller looks for base64Signature in it and "
            "answers 422.",
            "{advice}",
        ),
        FindingKind(
            "set-impossible",
            "error",
            "REQUIRE_SET can never accept this bundle: its log entry has no SET.",
            "{why} What proves such an entry is its inclusion proof with a timestamp, which this policy does "
            "not ask for and the controller does not read.",
            "Sign again with an entry in a log of Rekor v1: {command} Or set modules.signing.rekor.policy: "
            "DISABLED, which asks for no entry.",
        ),
        FindingKind(
            "unsupported-algorithm",
            "error",
            "The signing key is {algorithm}, which is not verified here and cannot sign a module.",
            "What is verified is RSA PKCS#1 v1.5, ECDSA and pure Ed25519; modules mean SHA-256.",
            "Ask the author for a P-256 or RSA key and a new signature.",
        ),
        FindingKind(
            "public-authority",
            "error",
            "The trusted root's authority is a public CA: {name}.",
            "Anyone on earth may obtain a certificate from it, and modules have no identity check.",
            "Name the authors with --trust-root F; for a known identity use trustconsole verify-bundle.",
        ),
        FindingKind(
            "trusted-root-old",
            "warning",
            "The packaged trusted root is {days} days old.",
            "Keys of logs and authorities are added and retired over the years; it was taken on {date}.",
            "Give a current one with --trusted-root F, for example from cosign trusted-root create.",
        ),
        FindingKind(
            "leaf-expired",
            "error",
            "The signer's certificate is outside its dates and nothing proves when it signed.",
            "It was valid {window}; without a proved time it is judged at {at}.",
            "Sign again, or configure rekor.publicKey so that a log entry in the bundle can prove the time.",
        ),
        FindingKind(
            "leaf-expires",
            "warning",
            "Accepted today, refused from {date} on.",
            "The certificate ends then and no proved time outlives it. Daemons verify again at every "
            "reconnect, so they refuse it then, too.",
            "Renew the certificate and sign again before {date}, or sign with a log entry.",
        ),
        FindingKind(
            "pinned-certificate-expired",
            "warning",
            "The certificate is outside its dates, but its key is pinned.",
            "A PUBLIC KEY block holds the same key, and a pinned key has no dates. It was valid {window}. "
            "cosign refuses such a bundle.",
            "Sign again with the bare key or with a current certificate.",
        ),
        FindingKind(
            "weak-leaf-key",
            "warning",
            "The signer's key is {algorithm}, which is weak.",
            "RSA keys below 2048 bits can be broken with known means.",
            "Ask the author for a P-256 key or RSA of 3072 bits, and rotate.",
        ),
        FindingKind(
            "controller-never-verifies",
            "error",
            "The signature is right, but this controller build never accepts {algorithm} keys.",
            "The build loads such keys and then knows no signature algorithm for them.",
            "Sign with a P-256 or RSA key and add it to the trust root.",
        ),
        FindingKind(
            "log-entry-other-artifact",
            "error",
            "The log entry is about {about}.",
            "Its timestamp may be genuine, but it describes {entry}, and this file is {found}; file, "
            "signature and signer must all agree. REQUIRE_SET in this build does not compare them.",
            "Treat the bundle as suspect; ask the author to sign again and keep this file as evidence.",
        ),
        FindingKind(
            "log-entry-not-proved",
            "warning",
            "The log entry proves nothing: {why}.",
            "{policy}; the entry's time is not used either.",
            "Check rekor.publicKey against the log that the author uses, or ask for a new signature.",
        ),
        FindingKind(
            "altered-artifact",
            "error",
            "This is not the file that was signed.",
            "The signature is genuine for a file with sha256 {signed}; this one has {found}.",
            "Fetch the module again from its author, and keep this file as evidence.",
        ),
        FindingKind(
            "signature-unmatched",
            "error",
            "The signature and this file do not belong together under {keys}.",
            "Either the file or its signature was changed after signing, or another key signed it; a bundle "
            "without certificate does not say which.",
            "Ask the author for the file's SHA-256 (here {sha256}) and for the signing key's fingerprint; "
            "compare the latter with trustconsole trust-root show {trust_root}.",
        ),
        FindingKind(
            "signed-digest-text",
            "error",
            "The signature was made over the digest's text, not over the file.",
            "Signing the output of sha256sum gives a valid signature of 64 hex digits.",
            "Sign the file itself: {command}",
        ),
        FindingKind(
            "signed-other-hash",
            "error",
            "The signature is over {hash}, and modules are verified over SHA-256.",
            "cosign 3 uses SHA-384 and SHA-512 with P-384 and P-521 keys in every format.",
            "Sign again with a P-256 or RSA key, or with cosign 2.",
        ),
        FindingKind(
            "public-key-in-cert",
            "warning",
            "The bundle carries a PUBLIC KEY where a certificate belongs.",
            "cosign 1.13, 3.1.1 and 3.1.2 write it; cosign 2.4.1 trusts it even against --key; this "
            "controller build refuses it.",
            "Sign again with cosign 2 or with 3.1.3 and later.",
        ),
        FindingKind(
            "raw-ecdsa-signature",
            "error",
            "The signature is raw r‖s, not DER.",
            "Its {size} bytes verify when put into DER; JOSE and hardware modules write this form, and "
            "cosign accepts it.",
            "Convert it to DER, or sign with cosign.",
        ),
        FindingKind(
            "binary-signature",
            "error",
            "The .sig holds the signature's bytes, not Base64 text.",
            "openssl dgst -sign writes bytes.",
            "Convert it: openssl base64 -A -in {sidecar} -out {sidecar}.new, then rename it.",
        ),
        FindingKind(
            "base64-wrapped",
            "error",
            "The Base64 text is wrapped over several lines or has spaces.",
            "base64 without -w0 wraps; the controller's decoder refuses it, cosign does not.",
            "Write it on one line: tr -d '[:space:]' < {sidecar} > {sidecar}.new, then rename it.",
        ),
        FindingKind(
            "base64-url-safe",
            "error",
            "The Base64 text uses the URL-safe alphabet.",
            "It holds '-' or '_', which standard Base64 does not.",
            "Encode it again with the standard alphabet, or sign with cosign.",
        ),
        FindingKind(
            "line-endings",
            "error",
            "The signature fits this file with {ending} line ends.",
            "A transfer in text mode changed the line ends after signing.",
            "Fetch the file again in binary mode.",
        ),
        FindingKind(
            "signer-not-trusted",
            "error",
            "The signature is right, but its signer {signer} is not in the trust root.",
            "{why}.",
            "If you know this author, add the block and look at what changes first: trustconsole trust-root "
            "show {trust_root}.",
        ),
        FindingKind(
            "readings-differ",
            "error",
            "The documentation says {documented}, this controller says {controller}.",
            "{cause}",
            "{advice}",
        ),
    )
}
