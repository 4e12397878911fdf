"""What a Sigstore client says about one bundle: the reading behind `verify-bundle`.

It asks what the documented reading of modules does not: a trusted root instead of a PEM file, an identity,
and always a proof of when and in which log. The checks of formats and proofs are shared with it.
"""

from trustconsole.verification.client.case import BundleCase, FileOrDigest
from trustconsole.verification.client.report import BundleReport
from trustconsole.verification.client.verify import verify_bundle

__all__ = ["BundleCase", "BundleReport", "FileOrDigest", "verify_bundle"]
