"""Step `trusted-root`: what a signature may lead to, in words, and how old it is where that matters."""

from __future__ import annotations

from trustconsole.release import findings as kinds
from trustconsole.release.policy import SignerPolicy
from trustconsole.release.signing_state import SigningState
from trustconsole.text import plural, relative_time, rfc3339
from trustconsole.trust_root import public_key_facts, spki_sha256
from trustconsole.verification.engine import Result


def check_trust(policy: SignerPolicy, state: SigningState) -> Result:
    """Say what is trusted; nothing is refused here."""
    root = policy.root
    evidence: dict[str, object] = {"path": root.path, "sha256": root.sha256, "identity": policy.wanted}
    if policy.identity is not None:
        evidence["issuer"] = policy.identity.issuer
    if policy.key is not None:
        evidence["spki_sha256"] = spki_sha256(policy.key)
        return Result("pass", f"one key, {public_key_facts(policy.key)}{_logs(policy)}", evidence)
    authorities = plural(
        len(root.certificate_authorities), "certificate authority", "certificate authorities"
    )
    if root.set_aside:
        evidence["set_aside"] = list(root.set_aside)
    if policy.taken is None:
        return Result("pass", f"{authorities}{_logs(policy)}", evidence)
    today = max(policy.today, policy.taken)
    days = (today - policy.taken).days
    evidence["taken"] = rfc3339(policy.taken)
    if days >= kinds.OLD_SNAPSHOT_DAYS:
        state.findings.append(kinds.OLD_SNAPSHOT.at(root.path, days=days, taken=f"{policy.taken:%Y-%m-%d}"))
    age = relative_time(policy.taken, today)
    words = f"the packaged public-good root of {policy.taken:%Y-%m-%d}, {age} old"
    return Result("pass", f"{words}: {authorities}{_logs(policy)}", evidence)


def _logs(policy: SignerPolicy) -> str:
    return f", {plural(len(policy.logs), 'log')}" if policy.logs else ", no log"
