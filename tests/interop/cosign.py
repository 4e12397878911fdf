"""A real cosign from PATH, called offline; how its major versions 2 and 3 are asked for each format."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

Format = Literal["sig", "legacy", "sigstore"]
FORMATS: tuple[Format, ...] = ("sig", "legacy", "sigstore")
EMPTY_ROOT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}'
_NOWHERE = "http://127.0.0.1:9"


@dataclass(frozen=True)
class Answer:
    """Exit code and what was printed on stderr."""

    code: int
    words: str

    @property
    def good(self) -> bool:
        return self.code == 0


@dataclass(frozen=True)
class Cosign:
    """One binary. `home` is its own, so that neither the user's cache nor the network is touched."""

    path: str
    home: Path

    def run(self, *arguments: str | Path, cwd: Path | None = None) -> Answer:
        environment: Mapping[str, str] = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "COSIGN_PASSWORD": "",
            "HTTP_PROXY": _NOWHERE,
            "HTTPS_PROXY": _NOWHERE,
        }
        done = subprocess.run(
            [self.path, *map(str, arguments)],
            env=environment,
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Answer(done.returncode, done.stderr)

    def must(self, *arguments: str | Path, cwd: Path | None = None) -> None:
        answer = self.run(*arguments, cwd=cwd)
        assert answer.good, answer.words

    @cached_property
    def major(self) -> int:
        done = subprocess.run([self.path, "version"], capture_output=True, text=True, timeout=60, check=True)
        found = re.search(r"GitVersion:\s+v(\d+)\.", done.stdout + done.stderr)
        assert found, done.stdout
        return int(found[1])

    def make_key(self, folder: Path) -> tuple[Path, Path]:
        """A key pair of cosign's own: private (encrypted, empty password) and public."""
        folder.mkdir(parents=True, exist_ok=True)
        self.must("generate-key-pair", cwd=folder)
        return folder / "cosign.key", folder / "cosign.pub"

    def import_key(self, pem: bytes, folder: Path) -> tuple[Path, Path]:
        """The same from an unencrypted PKCS #8 key."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "own.pem").write_bytes(pem)
        self.must("import-key-pair", "--key", "own.pem", "--output-key-prefix", "cosign", cwd=folder)
        return folder / "cosign.key", folder / "cosign.pub"

    def sign(self, artifact: Path, form: Format, key: Path, *more: str | Path) -> Path:
        """Sign `artifact` without a log; the sidecar, beside it under the name that modules have."""
        sidecar = artifact.with_name(artifact.name + (".sig" if form == "sig" else ".cosign.bundle"))
        output = "--output-signature" if form == "sig" else "--bundle"
        self.must(
            *("sign-blob", "--yes", "--key", key, "--tlog-upload=false"),
            *(*self._new(form), *more, output, sidecar, artifact),
        )
        return sidecar

    def _new(self, form: Format) -> list[str]:
        if self.major < 3:
            return ["--new-bundle-format"] if form == "sigstore" else []
        return [
            "--use-signing-config=false",
            *([] if form == "sigstore" else ["--new-bundle-format=false"]),
        ]

    def verify_key(self, artifact: Path, form: Format, sidecar: Path, public: Path) -> Answer:
        """What it says of a signature by a key."""
        return self._verify(artifact, form, sidecar, "--key", public)

    def verify_chain(self, artifact: Path, form: Format, sidecar: Path, roots: Path) -> Answer:
        """What it says of a signature by a certificate; `roots`: PEM, for `sigstore` a trusted root."""
        anchors = "--trusted-root" if form == "sigstore" else "--ca-roots"
        return self._verify(
            artifact,
            form,
            sidecar,
            *(anchors, roots, "--insecure-ignore-sct"),
            *("--certificate-identity-regexp", ".*", "--certificate-oidc-issuer-regexp", ".*"),
        )

    def _verify(self, artifact: Path, form: Format, sidecar: Path, *trust: str | Path) -> Answer:
        place = "--signature" if form == "sig" else "--bundle"
        return self.run(
            *("verify-blob", "--insecure-ignore-tlog", *trust),
            *(*self._format(form, trust), place, sidecar, artifact),
        )

    def _format(self, form: Format, trust: tuple[str | Path, ...]) -> list[str | Path]:
        if form == "sigstore" and self.major < 3:
            if "--trusted-root" in trust:
                return ["--new-bundle-format"]
            root = self.home / "empty.trusted_root.json"
            root.write_text(EMPTY_ROOT)
            return ["--new-bundle-format", "--trusted-root", root]
        if form == "legacy" and self.major >= 3:
            return ["--new-bundle-format=false"]
        return []
