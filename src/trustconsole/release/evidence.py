"""What log entries and timestamps prove about one signature: those it carries, and those fetched for it."""

from __future__ import annotations

from dataclasses import replace

from trustconsole.release.forms import with_entry
from trustconsole.release.policy import SignerPolicy
from trustconsole.release.signing_state import SigningState
from trustconsole.verification.bundle_content import signed_content
from trustconsole.verification.bundle_evidence import BundleEvidence, gather
from trustconsole.verification.entry_binding import EntrySubject
from trustconsole.verification.sigstore.bundle import SigstoreBundle
from trustconsole.verification.sigstore.dsse import Envelope


def gather_all(state: SigningState, policy: SignerPolicy) -> BundleEvidence:
    """Judge everything that is there; never raises over it."""
    bundle = state.signed.bundle
    carried = _gather(bundle, state, policy)
    fetched = [_gather(with_entry(bundle, entry), state, policy) for entry in state.signed.entries]
    fetched = _chosen(fetched, demanded=state.signed.entries_demanded)
    return replace(
        carried,
        entries=(*carried.entries, *(entry for one in fetched for entry in one.entries)),
        times=(*carried.times, *(time for one in fetched for time in one.times)),
    )


def _chosen(fetched: list[BundleEvidence], *, demanded: bool) -> list[BundleEvidence]:
    """Those whose entry holds; where none does and one must, the first shows why.

    A log answers with every entry about the same file, and another signer's proves nothing against this one.
    """
    holding = [one for one in fetched if all(entry.holds for entry in one.entries)]
    return holding or (fetched[:1] if demanded else [])


def _gather(bundle: SigstoreBundle, state: SigningState, policy: SignerPolicy) -> BundleEvidence:
    subject = EntrySubject(
        content=signed_content(bundle, state.signed.content),
        signature=bundle.signature,
        leaf_der=bundle.material.leaf_der if bundle.material else None,
        key=state.key,
        envelope=bundle.content if isinstance(bundle.content, Envelope) else None,
    )
    return gather(
        bundle,
        subject,
        logs=policy.logs,
        authorities=policy.root.timestamp_authorities,
        now=policy.now,
        stamped=state.signed.stamped,
    )
