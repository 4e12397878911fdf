"""When a trusted root's authorities counted: a path is good only while every authority on it was in use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from trustconsole.text import rfc3339
from trustconsole.trust_root import TrustedRoot, subject_text


def is_listed(root: TrustedRoot, certificate: x509.Certificate) -> bool:
    """Whether `certificate` belongs to an authority of `root`."""
    return any(certificate in one.certificates for one in root.certificate_authorities)


def window_flaw(root: TrustedRoot, path: Sequence[x509.Certificate], at: datetime) -> str | None:
    """Why `path` (leaf first) did not count at `at`: an issuer that is listed, and only with other windows.

    Each issuer is looked at by itself, so that a retired intermediate does not live on under a root that
    another entry lists as current.
    """
    for certificate in path[1:]:
        windows = [one.validity for one in root.certificate_authorities if certificate in one.certificates]
        if windows and not any(window.covers(at) for window in windows):
            name = subject_text(certificate.subject)
            shown = " or ".join(map(str, windows))
            return f"the trusted root says that {name} counted from {shown}, and not at {rfc3339(at)}"
    return None
