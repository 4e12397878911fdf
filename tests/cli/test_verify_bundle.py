"""`verify-bundle` as typed: the arguments of the conformance protocol, exit codes, text and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli import shapes
from tests.cli.running import Ran, call
from tests.verification.sigstore.making import IDENTITY, NOW, PROVIDER, Instance

from trustconsole.demo.authorities import public_pem
from trustconsole.text import rfc3339

SIGNER = ("--certificate-identity", IDENTITY, "--certificate-oidc-issuer", PROVIDER)
Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the protocol's command line over a module, a bundle, a key and a trusted root."""
    instance = Instance()
    files = {
        "artifact": instance.content,
        "bundle": json.dumps(instance.bundle()).encode(),
        "keyed": json.dumps(instance.bundle(keyed=True)).encode(),
        "key": public_pem(instance.author),
        "root": json.dumps(instance.trusted_root()).encode(),
        "other": b"another file",
    }
    for name, content in files.items():
        tmp_path.joinpath(name).write_bytes(content)

    def verify(artifact: str, bundle: str, *signer: str, more: tuple[str, ...] = ()) -> Ran:
        place = artifact if artifact.startswith("sha256:") else str(tmp_path / artifact)
        named = [str(tmp_path / one) if one == "key" else one for one in signer]
        return call(
            *("verify-bundle", "--bundle", tmp_path / bundle, *named),
            *("--trusted-root", tmp_path / "root", "--at", rfc3339(NOW), *more, place),
        )

    return verify


def test_path_and_digest_of_either_kind_of_signer_are_0(run: Run) -> None:
    digest = f"sha256:{Instance().sha256}"
    for artifact in ("artifact", digest):
        assert run(artifact, "bundle", *SIGNER).code == 0
        assert run(artifact, "keyed", "--key", "key").code == 0
    assert run("artifact", "bundle", *SIGNER, more=("--staging",)).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("other", "bundle", *SIGNER), 1, "states another digest"),
        (("artifact", "keyed", *SIGNER), 1, "no key was given"),
        (("artifact", "bundle", "--key", "key"), 1, "a bare key was asked for"),
        (("artifact", "artifact", *SIGNER), 1, "malformed"),
        (("gone", "bundle", *SIGNER), 2, "does not exist"),
        (("artifact", "gone", *SIGNER), 2, "does not exist"),
        (("sha256:12", "bundle", *SIGNER), 2, "64 lowercase hex digits"),
        (("artifact", "bundle"), 2, "identity"),
        (("artifact", "bundle", "--key", "key", *SIGNER), 2, "exclude each other"),
    ],
)
def test_what_does_not_verify_is_1_and_what_cannot_be_judged_is_2(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = run(*arguments)
    assert ran.code == code
    assert said in f"{ran.text}{ran.told}"


def test_without_an_artefact_or_a_bundle_it_says_what_is_missing(tmp_path: Path) -> None:
    for words in ((), ("--bundle", tmp_path / "x"), (tmp_path / "x",)):
        ran = call("verify-bundle", *words)
        assert ran.code == 2
        assert "needs an artefact and its bundle" in ran.told


def test_the_verdict_stands_first_then_the_facts_then_the_trace(run: Run) -> None:
    first, *lines = run("artifact", "bundle", *SIGNER).text.splitlines()
    assert first == "✓ accept: signature, signer, time and log all verify."
    text = "\n".join(lines)
    assert text.index("SHA-256") < text.index("Trace") < text.index("rekor.inclusion")
    refused = run("other", "bundle", *SIGNER).text.splitlines()[0]
    assert refused.startswith("✗ reject: The bundle states another digest")


def test_json_is_one_document_of_its_shape(run: Run) -> None:
    for ran in (
        run("artifact", "bundle", *SIGNER, more=("--json",)),
        run("other", "keyed", "--key", "key", more=("--json",)),
    ):
        assert list(shapes.misfits(ran.json, shapes.BUNDLE)) == []
        assert ran.out.isascii()


def test_verify_takes_the_trusted_root_too(run: Run, tmp_path: Path) -> None:
    assert run("artifact", "bundle", *SIGNER).code == 0
    module = tmp_path / "module.jar"
    module.write_bytes(tmp_path.joinpath("artifact").read_bytes())
    tmp_path.joinpath("module.jar.cosign.bundle").write_bytes(tmp_path.joinpath("bundle").read_bytes())
    ran = call("verify", module, "--trusted-root", tmp_path / "root", "--at", rfc3339(NOW), "--json")
    line, _summary = ran.json_lines
    assert line["documented"]["verdict"] == "accept"
    assert line["policy"]["trusted_root"] == str(tmp_path / "root")
    assert ran.code == 0
    text = call("verify", module, "--trusted-root", tmp_path / "root", "--at", rfc3339(NOW)).text
    assert "in the trusted root" in text
