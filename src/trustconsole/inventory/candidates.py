"""The setting of a look with one trust file replaced by a candidate that is on no disk yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from trustconsole.controller_config.report import ConfigReport, ControllerStart, Verifier
from trustconsole.inventory.verdicts import Setting
from trustconsole.trust_root import TrustRootReport

TrustFile = Literal["trust-root", "rekor"]


def candidate_setting(setting: Setting, file: TrustFile, candidate: TrustRootReport) -> Setting:
    """What modules would be judged by if `file` held the candidate and the controller were restarted.

    Where the controller does not start today because of a file that does not load, the checks ask the
    candidate instead: what stood in the configuration's report about the old file does not count.
    """
    policy = setting.policy
    config = policy.config
    if config is not None and config.controller.stage == "boot":
        policy = replace(policy, config=_without_boot_error(config, policy.mode))
    if file == "rekor":
        return replace(setting, policy=policy, rekor_key=candidate)
    return replace(setting, policy=policy, trust_root=candidate)


def _without_boot_error(config: ConfigReport, mode: str | None) -> ConfigReport:
    effective = config.effective
    if effective is not None:
        effective = replace(effective, verifier=cast("Verifier", mode or "COSIGN_BUNDLE"))
    return replace(config, controller=ControllerStart(True), effective=effective)
