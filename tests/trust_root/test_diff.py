from __future__ import annotations

from tests.trust_root.material import NOW, certificate, key_pem, pem

from trustconsole.trust_root import TrustRootDiff, TrustRootReport, diff_trust_roots, scan_trust_root

A, B, C = key_pem(1), key_pem(2), key_pem(3)


def report(text: str) -> TrustRootReport:
    return scan_trust_root(text.encode(), "/etc/trust.pem", now=NOW)


def diff(before: str, after: str) -> TrustRootDiff:
    return diff_trust_roots(report(before), report(after))


def test_text_alone_changes_nothing() -> None:
    change = diff(A + B, "# hello\n\n" + A.replace("\n", "\r\n") + B)
    assert change.empty
    assert (change.added, change.removed, change.renewed) == ((), (), ())


def test_an_added_and_a_removed_key() -> None:
    change = diff(A + B, A + C)
    assert [item.fingerprint for item in change.added] == [report(C).blocks[0].spki_sha256]
    assert [item.fingerprint for item in change.removed] == [report(B).blocks[0].spki_sha256]
    load = change.controller["KEYED"]
    assert (len(load.added), len(load.removed), len(load.kept)) == (1, 1, 1)
    assert not change.empty


def test_moved_and_relabelled_keys_are_kept() -> None:
    change = diff(f"# Author A\n{A}{B}", f"{B}# Author A, laptop\n{A}")
    assert change.empty
    by_after = {item.after.line_start: item for item in change.kept if item.after}
    assert [item.moved for item in change.kept] == [True, True]
    assert by_after[6].relabelled
    assert not by_after[1].relabelled


def test_adding_at_the_front_moves_nothing() -> None:
    assert not any(item.moved for item in diff(A + B, C + A + B).kept)


def test_a_renewed_certificate_is_neither_added_nor_removed() -> None:
    old, new = (pem("CERTIFICATE", certificate(1, serial=serial)) for serial in (1, 2))
    change = diff(old, new)
    assert (change.added, change.removed) == ((), ())
    (renewal,) = change.renewed
    assert renewal.before.spki_sha256 == renewal.after.spki_sha256 == renewal.spki_sha256
    assert not change.empty


def test_a_certificate_beside_its_renewal_is_an_addition() -> None:
    old, new = (pem("CERTIFICATE", certificate(1, serial=serial)) for serial in (1, 2))
    change = diff(old, old + new)
    assert (len(change.added), change.renewed) == (1, ())


def test_a_second_copy_is_counted_and_changes_no_trust() -> None:
    change = diff(A + A, A)
    assert change.empty
    assert [(item.count_before, item.count_after) for item in change.kept] == [(2, 1)]


def test_commenting_out_a_begin_line_is_a_change_of_trust() -> None:
    change = diff(A + B, f"# {A}{B}")
    assert [item.trust_changed for item in change.kept] == [True, False]
    assert not change.empty
    assert change.controller["KEYED"].removed == ()


def test_a_file_that_no_longer_loads_shows_in_the_controller_part() -> None:
    change = diff(A, A + pem("PUBLIC KEY", b"abc"))
    load = change.controller["COSIGN_BUNDLE"]
    assert (load.loads_before, load.loads_after) == (True, False)
    assert load.removed == (report(A).controller["KEYED"].keys[0].sha256,)
    assert (load.error_after or "").startswith("unsupported public key")


def test_the_json_object_has_its_schema() -> None:
    data = diff(A, B).to_dict()
    assert data["schema"] == "trustconsole/trust-root-diff/1"
    assert {"before", "after", "added", "removed", "kept", "renewed", "controller", "empty"} <= set(data)
