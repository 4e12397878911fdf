"""Which findings of the table apply to a file and its blocks. Pure: bytes and blocks in, findings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from trustconsole.findings import Finding
from trustconsole.text import relative_time, rfc3339, shell_word
from trustconsole.trust_root import findings as kinds
from trustconsole.trust_root.blocks import SeenBlock
from trustconsole.trust_root.java_curves import VERIFYING
from trustconsole.trust_root.model import Block, ControllerLoad, LoadAs
from trustconsole.trust_root.public_cas import public_ca_name

_RSA_BITS = 2048
_SOON = (
    (timedelta(days=7), kinds.ANCHOR_EXPIRES_7),
    (timedelta(days=30), kinds.ANCHOR_EXPIRES_30),
    (timedelta(days=90), kinds.ANCHOR_EXPIRES_90),
)
_CONVERSIONS = {
    "RSA PUBLIC KEY": "put the answer of openssl rsa -RSAPublicKey_in -in FILE -pubout in its place",
    "TRUSTED CERTIFICATE": "put the answer of openssl x509 -in FILE in its place",
    "X509 CERTIFICATE": "change the label on both lines to CERTIFICATE",
    "EC PARAMETERS": "delete lines {first_line}-{last_line}: parameters are no key",
    "CERTIFICATE REQUEST": "put the certificate that the CA issued in its place",
}
_OTHER_LABEL = (
    "write it as PUBLIC KEY or CERTIFICATE (openssl pkey -pubin, openssl x509), "
    "or delete lines {first_line}-{last_line}"
)


def judge_file(
    data: bytes,
    path: str,
    controller: Mapping[LoadAs, ControllerLoad],
    secrets: Sequence[tuple[int, int]] = (),
) -> tuple[Finding, ...]:
    """Findings about the file as a whole; `secrets` are the lines outside blocks that hold a private key."""
    found = [kinds.PRIVATE_KEY.at(path, first, first_line=first, last_line=last) for first, last in secrets]
    quoted = shell_word(path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        found.append(
            kinds.NOT_UTF8.at(
                path,
                data.count(b"\n", 0, error.start) + 1,
                file=quoted,
                offset=error.start,
                encoding="UTF-16" if wide else "ISO-8859-1",
                detail="it starts as UTF-16 text does" if wide else "one byte of another encoding is enough",
            )
        )
    load = controller["COSIGN_BUNDLE"]
    if load.loads is False:
        found.append(kinds.CONTROLLER_REFUSES.at(path, exception=load.exception, message=load.error))
    elif load.loads is None:
        found.append(kinds.CONTROLLER_UNKNOWN.at(path, reason=load.error))
    if data and not data.endswith((b"\n", b"\r")):
        found.append(kinds.NO_FINAL_NEWLINE.at(path, file=quoted))
    return tuple(found)


def judge_blocks(seen: Sequence[SeenBlock], path: str, now: datetime) -> list[tuple[Finding, ...]]:
    """Findings of each block, in the order of `seen`."""
    first_by_print: dict[tuple[str, str], int] = {}
    first_by_key: dict[str, Block] = {}
    judged = []
    for item in seen:
        found = list(_judge_form(item, path))
        if not item.private and (item.matched or item.block.trusted):
            found += _judge_key(item.block, path, matched=item.matched)
            found += _judge_certificate(item.block, path, now)
            found += _judge_repetition(item.block, path, first_by_print, first_by_key)
        judged.append(tuple(found))
    return judged


def _lines(block: Block) -> dict[str, Any]:
    return {"first_line": block.line_start, "last_line": block.line_end}


def _judge_form(item: SeenBlock, path: str) -> Iterator[Finding]:
    block, raw = item.block, item.raw
    facts = _lines(block)
    place = (path, block.line_start)
    what = "certificate" if block.kind == "certificate" else "public key"
    check = "x509 -in FILE -noout" if block.kind == "certificate" else "pkey -pubin -in FILE -noout"
    if item.private:
        yield kinds.PRIVATE_KEY.at(*place, **facts)
        return
    if not item.matched:
        yield from _judge_ignored(item, path)
    elif raw.disabled:
        yield kinds.COMMENTED_BUT_TRUSTED.at(*place, **facts)
    elif raw.flaw and block.status == "parsed":
        yield kinds.NOT_STRICT.at(*place, flaw=raw.flaw, **facts)
    if block.kind != "other" and block.status == "malformed" and item.matched:
        kind = kinds.MALFORMED_BUT_LOADED if block.loaded_by else kinds.MALFORMED_BLOCK
        yield kind.at(*place, what=what, check=check, **facts)


def _judge_ignored(item: SeenBlock, path: str) -> Iterator[Finding]:
    block, raw = item.block, item.raw
    facts = _lines(block)
    if raw.disabled:
        return  # commented out on every line: nobody trusts it, as was meant
    if block.kind == "other":
        conversion = _CONVERSIONS.get(block.label, _OTHER_LABEL).format(**facts)
        yield kinds.IGNORED_LABEL.at(path, block.line_start, label=block.label, conversion=conversion)
    elif raw.inner_comments:
        yield kinds.COMMENT_IN_BLOCK.at(path, block.line_start, **facts)
    else:
        flaw = raw.flaw or "the build's search for blocks does not match it"
        yield kinds.IGNORED_BLOCK.at(path, block.line_start, flaw=flaw, **facts)


def _judge_key(block: Block, path: str, *, matched: bool) -> Iterator[Finding]:
    key = block.key
    if key is None:
        return
    place = (path, block.line_start)
    if block.kind == "public-key" and block.status == "unsupported" and matched:
        yield kinds.KEY_STOPS_CONTROLLER.at(*place, key=key, **_lines(block))
    elif block.kind == "public-key" and key.algorithm == "Ed25519":
        reason = "the build compares the runtime's name for the key, EdDSA, with Ed25519: never equal"
        yield kinds.KEY_NEVER_VERIFIES.at(*place, key=key, reason=reason)
    elif key.algorithm == "EC" and key.curve not in VERIFYING:
        reason = "the runtime verifies ECDSA on P-256, P-384 and P-521 only"
        yield kinds.KEY_NEVER_VERIFIES.at(*place, key=key, reason=reason)
    if key.algorithm == "RSA" and key.bits is not None and key.bits < _RSA_BITS:
        yield kinds.WEAK_KEY.at(*place, bits=key.bits)


def _judge_certificate(block: Block, path: str, now: datetime) -> Iterator[Finding]:
    if block.kind != "certificate" or block.not_before is None or block.not_after is None:
        return
    place = (path, block.line_start)
    if now > block.not_after:
        yield kinds.ANCHOR_EXPIRED.at(*place, date=rfc3339(block.not_after))
    elif now < block.not_before:
        yield kinds.ANCHOR_NOT_YET_VALID.at(*place, date=rfc3339(block.not_before))
    else:
        for span, kind in _SOON:
            if block.not_after - now <= span:
                left = relative_time(block.not_after, now)
                yield kind.at(*place, date=rfc3339(block.not_after), left=left)
                break
    if block.is_ca is False:
        yield kinds.ANCHOR_NOT_CA.at(*place)
    if block.certificate is not None and block.cert_sha256 is not None:
        name = public_ca_name(block.certificate, block.cert_sha256)
        if name:
            yield kinds.ANCHOR_PUBLIC_CA.at(*place, name=name, **_lines(block))


def _judge_repetition(
    block: Block, path: str, first_by_print: dict[tuple[str, str], int], first_by_key: dict[str, Block]
) -> Iterator[Finding]:
    if block.fingerprint is None:
        return
    place = (path, block.line_start)
    first = first_by_print.setdefault((block.kind, block.fingerprint), block.line_start)
    if first != block.line_start:
        what = "certificate" if block.kind == "certificate" else "key"
        yield kinds.DUPLICATE_KEY.at(*place, what=what, other_line=first, **_lines(block))
    elif block.kind == "certificate" and block.spki_sha256 is not None:
        other = first_by_key.setdefault(block.spki_sha256, block)
        if other is not block and other.subject == block.subject:
            yield kinds.RENEWED_CERTIFICATE.at(*place, other_line=other.line_start)
