"""Steps `rekor.*` over the entries of a Sigstore bundle, for every reading that judges one.

A reading says what it demands (`Demand`): whether a flaw refuses or only warns, and what must be there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trustconsole.text import plural, rfc3339
from trustconsole.verification.bundle_evidence import BundleEvidence
from trustconsole.verification.engine import Decision, Result
from trustconsole.verification.sigstore.entries import Aspect, AssessedEntry

Refuse = Callable[[str, Mapping[str, object]], Result]


@dataclass(frozen=True, slots=True)
class Demand:
    """`refuse` makes a refusal or a warning of a flaw; `by` names who asks, in words.

    `entry`: an entry of a known log must be there; `promise`: one with a SET; `time`: a proved time.
    """

    refuse: Refuse
    by: str
    entry: bool
    promise: bool
    time: bool


def _flaw(entries: Sequence[AssessedEntry], aspect: Aspect, demand: Demand) -> Result | None:
    for entry in entries:
        for flaw in entry.flaws_of(aspect):
            evidence: dict[str, object] = {"log_id": entry.entry.log_id, "log_index": entry.entry.log_index}
            if aspect == "rekor.binding":
                evidence |= entry.binding.compared
            if aspect == "rekor.inclusion":
                evidence |= entry.inclusion.evidence
            return demand.refuse(flaw.reason, evidence)
    return None


def log_step(evidence: BundleEvidence, demand: Demand) -> Result:
    """Is there an entry of a log that counts, and did its key count when the entry was made."""
    entries = evidence.entries
    ids = [entry.entry.log_id for entry in entries]
    known = evidence.known
    if not entries:
        if demand.entry:
            return demand.refuse(f"the bundle has no log entry, and {demand.by} asks for one", {})
        return Result("skip", "the bundle has no log entry")
    if not known:
        detail = f"no entry is of a trusted log (log {', '.join(one[:8] for one in ids)})"
        return demand.refuse(detail, {"log_ids": ids}) if demand.entry else Result("skip", detail)
    found = _flaw(known, "rekor.log-id", demand)
    if found is not None:
        return found
    aside = len(entries) - len(known)
    others = f"; {plural(aside, 'entry', 'entries')} of unknown logs set aside" if aside else ""
    names = ", ".join(sorted({entry.entry.log_id[:8] for entry in known}))
    return Result("pass", f"log {names} is trusted{others}", {"log_ids": ids})


def set_step(evidence: BundleEvidence, demand: Demand) -> Result:
    """Is every SET that is there the log's own."""
    known = evidence.known
    if not evidence.entries and demand.promise:
        return demand.refuse(f"the bundle has no log entry, and {demand.by} asks for one", {})
    if not known:
        return Result("skip", "there is no entry of a trusted log")
    found = _flaw(known, "rekor.set", demand)
    if found is not None:
        return found
    signed = [entry for entry in known if entry.set_holds]
    if signed:
        return Result("pass", "signed by the log's key", {"log_index": signed[0].entry.log_index})
    detail = "no entry carries a SET"
    if demand.promise:
        return demand.refuse(f"{detail}, and {demand.by} asks for one", {})
    return Result("skip", f"{detail}; its inclusion proof stands for it")


def binding_step(evidence: BundleEvidence, demand: Demand) -> Result:
    """Are the entries about this content, this signature and this signer."""
    entries, known = evidence.entries, evidence.known
    if not entries:
        return Result("skip", "there is no log entry")
    found = _flaw(known, "rekor.binding", demand)
    if found is not None:
        return found
    for entry in entries:
        if not entry.known and not entry.binding.holds:
            about = " and ".join(entry.binding.mismatches) or str(entry.binding.error)
            detail = f"the entry of an unknown log does not fit: {about}"
            return Result("warn", detail, dict(entry.binding.compared))
    first = (known or entries)[0]
    kind = first.binding.body.kind if first.binding.body else ""
    return Result("pass", f"{kind}: same content, signature and signer", dict(first.binding.compared))


def inclusion_step(evidence: BundleEvidence, demand: Demand) -> Result:
    """Is every proof that is there sound, and is one there where the version of the bundle wants it."""
    known = evidence.known
    if not known:
        return Result("skip", "there is no entry of a trusted log")
    found = _flaw(known, "rekor.inclusion", demand)
    if found is not None:
        return found
    proved = [entry for entry in known if entry.inclusion.holds]
    if not proved:
        return Result("skip", known[0].inclusion.reason)
    return Result("pass", proved[0].inclusion.reason, dict(proved[0].inclusion.evidence))


def timestamp_step(found: BundleEvidence, demand: Demand) -> Result:
    """Does an authority vouch for the time."""
    timestamps = found.timestamps
    if not timestamps:
        return Result("skip", "the bundle has no timestamp")
    if not found.authorities:
        return Result("skip", "no timestamp authority is trusted, so timestamps are set aside")
    holding = [one for one in timestamps if one.time is not None]
    if not holding and all(one.unavailable for one in timestamps):
        return _unavailable(timestamps[0].reason, found, demand)
    if not holding:
        return demand.refuse(f"no timestamp verifies: {timestamps[0].reason}", {})
    evidence: dict[str, object] = {
        "times": [rfc3339(one.time) for one in holding if one.time],
        "authorities": [one.authority for one in holding],
        "set_aside": [one.reason for one in timestamps if one.time is None],
    }
    return Result("pass", f"{plural(len(holding), 'timestamp')} of {holding[0].authority}", evidence)


def _unavailable(reason: str, found: BundleEvidence, demand: Demand) -> Result:
    """Timestamps that cannot be judged speak neither for nor against; without a time that is an error."""
    decision = Decision("error", reason) if demand.time and not found.times else None
    return Result("fail" if decision else "warn", reason, {}, decision)


def time_step(found: BundleEvidence, demand: Demand) -> Result:
    """What time is proved, and was the certificate valid then."""
    flawed = _flaw(found.known, "rekor.time", demand)
    if flawed is not None:
        return flawed
    for one in found.outside:
        moment = rfc3339(one.time)
        detail = f"signed at {moment} by {one.source}, outside the certificate's dates"
        return demand.refuse(detail, {"time": moment})
    times = found.times
    if not times:
        detail = "nothing proves when it was signed"
        if demand.time:
            return demand.refuse(f"{detail}: neither a SET nor a timestamp holds", {})
        return Result("skip", detail)
    evidence: dict[str, object] = {one.source: rfc3339(one.time) for one in times}
    words = ", ".join(f"{rfc3339(one.time)} by {one.source}" for one in times)
    return Result("pass", f"signed at {words}", evidence)
