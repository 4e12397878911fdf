"""`verify` and `verify_all`: policy by precedence, reports in order, wrong arguments raise, files never."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from tests.api.conftest import NOW

from trustconsole import api
from trustconsole.demo import DEMO_MODULES, DemoWorkspace
from trustconsole.errors import UsageError


def _all(demo: DemoWorkspace, **changes: object) -> api.Verifying:
    options = api.Options(settings=demo.settings)
    return api.verify_all(api.VerifyOptions(at=NOW, options=options, **changes))  # type: ignore[arg-type]


def test_every_demo_module_gets_its_planned_verdicts(demo: DemoWorkspace) -> None:
    found = {
        Path(report.artifact).name: (report.documented.verdict, report.controller.verdict)
        for report in _all(demo).reports
    }
    assert found == {plan.file: (plan.documented, plan.controller) for plan in DEMO_MODULES}


def test_reports_come_in_the_order_of_the_modules_whatever_the_jobs(demo: DemoWorkspace) -> None:
    one = [report.to_dict() for report in _all(demo, jobs=1).reports]
    many = [report.to_dict() for report in _all(demo, jobs=8).reports]
    assert one == many
    assert [entry["artifact"] for entry in one] == sorted(str(entry["artifact"]) for entry in one)


def test_progress_ends_at_the_total(demo: DemoWorkspace) -> None:
    seen: list[tuple[int, int]] = []
    run = api.verify_all(
        api.VerifyOptions(at=NOW, options=api.Options(settings=demo.settings)),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert len(list(run.reports)) == run.total
    assert seen[-1] == (run.total, run.total)


def test_a_trust_root_flag_alone_takes_nothing_from_a_configuration(demo: DemoWorkspace) -> None:
    run = _all(demo, artifacts=(demo.modules / "essentials-2.4.1.jar",), trust_root=demo.trust_root)
    (report,) = run.reports
    assert report.policy.source == "flags"
    assert report.policy.mode == "COSIGN_BUNDLE"
    assert report.policy.rekor_key is None


def test_without_a_mode_the_sidecar_found_decides(demo: DemoWorkspace) -> None:
    keyed = next(plan.file for plan in DEMO_MODULES if plan.module_id == "motd")
    report = api.verify(demo.modules / keyed, trust_root=demo.trust_root, at=NOW)
    assert report.policy.mode == "KEYED"
    assert report.documented.verdict == "accept"


def test_a_named_path_that_does_not_exist_is_a_report_with_an_error(demo: DemoWorkspace) -> None:
    missing = demo.modules / "absent.jar"
    (report,) = _all(demo, artifacts=(missing,)).reports
    assert report.documented.verdict == "error"
    assert report.sha256 is None
    assert "does not exist" in report.documented.reason


def test_a_missing_trust_root_is_an_error_for_the_documentation_and_no_boot_for_the_controller(
    demo: DemoWorkspace,
) -> None:
    report = api.verify(demo.modules / "essentials-2.4.1.jar", trust_root=demo.directory / "none.pem", at=NOW)
    assert report.documented.verdict == "error"
    assert report.controller.verdict == "no-boot"
    assert report.controller.stage == "load"


@pytest.mark.parametrize(
    "arguments",
    [
        {"mode": "keyed"},
        {"rekor_policy": "SOMETIMES"},
        {"at": datetime(2026, 1, 1)},  # noqa: DTZ001  # a naive time is what is refused
    ],
)
def test_wrong_arguments_raise(demo: DemoWorkspace, arguments: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        api.verify(
            demo.modules / "essentials-2.4.1.jar",
            trust_root=demo.trust_root,
            **arguments,  # type: ignore[arg-type]
        )


def test_flags_that_do_not_fit_raise(demo: DemoWorkspace) -> None:
    with pytest.raises(UsageError, match="--sidecar"):
        _all(demo, sidecar=Path("x.sig"))
    with pytest.raises(UsageError, match="--jobs"):
        _all(demo, jobs=0)


def test_the_report_equals_the_fields_that_other_programs_rely_on(demo: DemoWorkspace) -> None:
    (report,) = _all(demo, artifacts=(demo.modules / "essentials-2.4.1.jar",)).reports
    fields = report.to_dict()
    assert fields["schema"] == "trustconsole/verification/1"
    assert set(fields) >= {
        "artifact", "sha256", "size", "sidecar", "policy", "documented", "controller", "agree", "signer",
        "verified_time", "valid_until", "steps", "findings",
    }  # fmt: skip
    documented, controller = fields["documented"], fields["controller"]
    assert isinstance(documented, dict)
    assert isinstance(controller, dict)
    assert set(documented) == {"verdict", "code", "rule", "reason", "matched"}
    assert set(controller) >= {"verdict", "stage", "exception", "http", "code", "message", "via"}
    assert (controller["http"], controller["code"], controller["exception"]) == (None, None, None)
    assert controller["message"] is None
