"""A private key on comment lines or bare lines: found, never shown, and no change is made with it."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.trust_root.material import NOW, certificate_pem, ec_key, key_pem, rsa_key
from tests.trust_root.test_candidates import File

from trustconsole.private_keys import key_body_lines
from trustconsole.trust_root import Block, add_block, remove_block, scan_trust_root

PKCS8, TRADITIONAL = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL
FORMS: dict[str, tuple[ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, PrivateFormat]] = {
    "PKCS #8 EC": (ec_key(3), PKCS8),
    "SEC 1": (ec_key(3), TRADITIONAL),
    "PKCS #8 RSA": (rsa_key(), PKCS8),
    "PKCS #1": (rsa_key(), TRADITIONAL),
}


def body(form: str) -> list[str]:
    key, encoding = FORMS[form]
    text = base64.b64encode(key.private_bytes(Encoding.DER, encoding, NoEncryption())).decode()
    return [text[start : start + 64] for start in range(0, len(text), 64)]


def commented(lines: list[str], mark: str = "# ") -> str:
    return "".join(f"{mark}{line}\n" for line in lines)


WAYS = {
    "comment lines": lambda lines: commented(lines),
    "bare lines": lambda lines: commented(lines, ""),
    "CR LF": lambda lines: commented(lines).replace("\n", "\r\n"),
    "semicolons": lambda lines: commented(lines, ";; "),
    "one line": lambda lines: f"# {''.join(lines)}\n",
    "after words": lambda lines: f"# the old key of ann {' '.join(lines)}\n",
    "narrow lines": lambda lines: commented(["".join(lines)[at : at + 16] for at in range(0, 96, 16)]),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("place", ["above", "below"])
def test_it_is_found_withheld_and_refused(form: str, way: str, place: str) -> None:
    lines = body(form)
    secret = WAYS[way](lines)
    new = "# release key\n" + secret + key_pem(2) if place == "above" else key_pem(2) + secret
    report = scan_trust_root(new.encode(), "new.pem", now=NOW)
    [finding] = [one for one in report.findings if one.id == "private-key-in-file"]
    assert finding.line == (2 if place == "above" else key_pem(2).count("\n") + 1)
    assert report.blocks[0].trusted
    shown = json.dumps([report.to_dict(), *(_shown(block) for block in report.blocks)])
    assert not any(line[:16] in shown for line in lines)
    candidate = add_block(File(key_pem(1).encode()), new.encode(), now=NOW)
    assert [one.id for one in candidate.problems] == ["private-key-in-file"]
    assert candidate.data == key_pem(1).encode()
    current = File((key_pem(1) + new).encode())
    candidate = remove_block(current, report.blocks[0].fingerprint or "", now=NOW)
    assert "private-key-in-file" in [one.id for one in candidate.problems]


def _shown(block: Block) -> tuple[str, str]:
    return block.comment, block.text


def test_it_is_found_in_the_comments_inside_a_block() -> None:
    secret, lines = body("PKCS #8 EC"), key_pem(2).splitlines()
    inner = [f"{line} # {part}" for line, part in zip(lines[1:-1], secret, strict=False)]
    report = scan_trust_root("\n".join((lines[0], *inner, lines[-1], "")).encode(), "new.pem", now=NOW)
    assert "private-key-in-file" in [one.id for one in report.findings]
    [block] = report.blocks
    assert block.trusted  # the documented reading takes it still: that is no question of what is shown
    assert secret[0] not in "".join(_shown(block))


def test_public_material_and_words_about_keys_are_no_private_key() -> None:
    public = "".join(key_pem(1).splitlines()[1:-1])
    authority = certificate_pem(1).splitlines()[1:-1]
    words = "# never put the PRIVATE KEY here, it stays with MAGDA in the safe of the Main Building\n"
    text = f"{words}# {public}\n{commented(authority)}{key_pem(2)}"
    assert key_body_lines(text) is None
    report = scan_trust_root(text.encode(), "new.pem", now=NOW)
    assert [one.id for one in report.all_findings] == []
    plain = scan_trust_root((words + key_pem(2)).encode(), "new.pem", now=NOW)
    assert "never put the PRIVATE KEY here" in plain.blocks[0].comment
