"""The names by which trusted_root.json and Rekor v2 say how a key signs (`PublicKeyDetails`), as a table.

Source: protobuf-specs `sigstore_common.proto`. A name without a row (RSA-PSS, Ed25519ph, the post-quantum
ones) is one that the console cannot verify with; what holds such a key is set aside by name, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


@dataclass(frozen=True, slots=True)
class KeyDetails:
    """One way of signing: the type of key, its curve or exact size where the name fixes them, the hash.

    `hash_name` is None for pure Ed25519, which hashes by itself.
    """

    name: str
    key_type: type
    hash_name: Literal["sha256", "sha384", "sha512"] | None
    curve: type[ec.EllipticCurve] | None = None
    bits: int | None = None

    def fits(self, key: PublicKeyTypes) -> bool:
        """Whether `key` is of the type, curve and size that the name demands."""
        if not isinstance(key, self.key_type):
            return False
        if isinstance(key, ec.EllipticCurvePublicKey):
            return self.curve is not None and isinstance(key.curve, self.curve)
        if isinstance(key, rsa.RSAPublicKey):
            return key.key_size == self.bits if self.bits else key.key_size >= 2048
        return True


_EC, _RSA = ec.EllipticCurvePublicKey, rsa.RSAPublicKey
KEY_DETAILS: dict[str, KeyDetails] = {
    row.name: row
    for row in (
        KeyDetails("PKIX_ECDSA_P256_SHA_256", _EC, "sha256", curve=ec.SECP256R1),
        KeyDetails("PKIX_ECDSA_P384_SHA_256", _EC, "sha256", curve=ec.SECP384R1),
        KeyDetails("PKIX_ECDSA_P384_SHA_384", _EC, "sha384", curve=ec.SECP384R1),
        KeyDetails("PKIX_ECDSA_P521_SHA_256", _EC, "sha256", curve=ec.SECP521R1),
        KeyDetails("PKIX_ECDSA_P521_SHA_512", _EC, "sha512", curve=ec.SECP521R1),
        KeyDetails("PKIX_ED25519", ed25519.Ed25519PublicKey, None),
        KeyDetails("PKCS1_RSA_PKCS1V5", _RSA, "sha256"),
        KeyDetails("PKIX_RSA_PKCS1V5", _RSA, "sha256"),
        KeyDetails("PKIX_RSA_PKCS1V15_2048_SHA256", _RSA, "sha256", bits=2048),
        KeyDetails("PKIX_RSA_PKCS1V15_3072_SHA256", _RSA, "sha256", bits=3072),
        KeyDetails("PKIX_RSA_PKCS1V15_4096_SHA256", _RSA, "sha256", bits=4096),
    )
}
"""By name; the deprecated names of Sigstore's first years are still in its staging root."""
