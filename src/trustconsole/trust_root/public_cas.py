"""Certification authorities from which anyone may obtain a certificate.

Sigstore's are pinned by fingerprint (facts from the public-good trusted root). Authorities of the web are
known by the organisation in the subject: a name proves nothing, so a finding says that the certificate
*names itself* so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from cryptography import x509

PINNED: dict[str, str] = {
    "03a38ffb1f450100c2596d1d10b900ac4d504058006dda58199576bbeb9c73d0": "Sigstore public-good root (2021-03)",
    "3ba7b6cc4e95469d4d334b49cb257ad8537076fa84b0ca87ff4ecfe6a54680c1": "Sigstore public-good root (2021-10)",
    "15d795348226b4649f750f5802592c393bee7cc53c3b86982175b7ad087efe47": "Sigstore public-good intermediate",
    "bca21d3cc62c9d6a52be9989e6a705f99e91a39d9114890990789ef75d382b39": "Sigstore staging root",
    "66e08b3881fc311194779aeaad11b70677c316985bf847b6ca2c83d8c5700565": "Sigstore staging intermediate",
}
"""Certificate SHA-256 to a name."""

SIGSTORE_ORGANISATIONS = frozenset({"sigstore.dev", "sigstage.dev"})
WEB_ORGANISATIONS = frozenset(
    name.casefold()
    for name in (
        "Let's Encrypt",
        "Internet Security Research Group",
        "DigiCert Inc",
        "DigiCert, Inc.",
        "GlobalSign",
        "GlobalSign nv-sa",
        "Google Trust Services",
        "Google Trust Services LLC",
        "Sectigo Limited",
        "COMODO CA Limited",
        "The USERTRUST Network",
        "ZeroSSL",
        "Entrust, Inc.",
        "GoDaddy.com, Inc.",
        "Starfield Technologies, Inc.",
        "Baltimore",
        "SSL Corporation",
        "SSL.com",
        "IdenTrust",
        "Buypass AS-983163327",
        "SwissSign AG",
        "QuoVadis Limited",
        "Actalis S.p.A./03358520967",
        "Unizeto Technologies S.A.",
        "Asseco Data Systems S.A.",
        "D-Trust GmbH",
        "Deutsche Telekom Security GmbH",
        "T-Systems Enterprise Services GmbH",
        "Certainly",
        "VeriSign, Inc.",
        "thawte, Inc.",
        "GeoTrust Inc.",
        "Network Solutions L.L.C.",
    )
)


def public_ca_name(certificate: x509.Certificate, cert_sha256: str) -> str | None:
    """What to call the public CA that `certificate` is, None where it is none that is known."""
    if cert_sha256 in PINNED:
        return PINNED[cert_sha256]
    for attribute in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME):
        organisation = str(attribute.value)
        if organisation in SIGSTORE_ORGANISATIONS or organisation.casefold() in WEB_ORGANISATIONS:
            return f"it names itself {organisation}"
    return None
