"""No secret of a controller.yml is ever shown, however it is written; everything else is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustconsole.controller_config import check_config
from trustconsole.controller_config.masking import mask_uri, masked_text, masked_uris

SECRET = "hunter2hunter2"  # the seeded secret that must not show


@pytest.mark.parametrize(
    "text",
    [
        f"security:\n  jwtSecret: {SECRET}\n",
        f'security: {{"jwtSecret": "{SECRET}", port: 1}}\n',
        f"security: {{jwtSecret: {SECRET}, port: 1}}\n",
        f"# jwtSecret: {SECRET}\n",
        f"jwtPreviousSecrets:\n  - {SECRET}\n  - '{SECRET}'\nhttp: 1\n",
        f"jwtPreviousSecrets:\n- {SECRET}\nhttp: 1\n",
        f"jwtPreviousSecrets: [{SECRET}, {SECRET}]\n",
        f"jwtPreviousSecrets: [\n  {SECRET},\n  ]\n",
        f"jwtSecret: |\n  {SECRET}\n\n  {SECRET}\nhttp: 1\n",
        f"jwtSecret:\n  {SECRET}\n",
        f'jwtSecret: "{SECRET}\n  {SECRET}"\n',
        f"jwtSecret: !!str\n  {SECRET}\n",
        f"initialAdminPassword: '{SECRET}'\n",
        f"smtp:\n  password: {SECRET} # {SECRET}\n",
        f"share: {{pasteToken: {SECRET}, pasteApiKey: '{SECRET}', enabled: true}}\n",
        f"database:\n  uri: mongodb://user:{SECRET}@db1,db2:27017/x\n",
        f"database:\n  uri: 'mongodb://user:{SECRET}/@{SECRET}@db'\n",
        f"smtp:\n  user.passwd: {SECRET}\n  private-key: {SECRET}\n  passphrase: {SECRET}\n",
        f"credentials:\n- {SECRET}\n",
        f'uri: "mongodb://pc:{SECRET}\'TER 2@127.0.0.1/x"\n',
        f"uri: mongodb://do/main:{SECRET}@h\n",
        f'uri: "mongodb:\\/\\/u:{SECRET}@h"\n',
        f'uri: "mongodb://u:\\\n  {SECRET}@h"\n',
        f"uri: mongodb://h/?tlsCertificateKeyFilePassword={SECRET}&x=1\n",
        f"uri: mongodb://u:{'x' * 1_980}{SECRET}@h\n",
        f"jwtSecret: aaaa\n  {SECRET}\n",
        f'jwtSecret: "a \\" b\n  {SECRET}"\n',
        f"? jwtSecret\n: {SECRET}\n",
        f'"jwt\\x53ecret": {SECRET}\n',
        f"x: {{password: {{x: 1, y: {SECRET}}}}}\n",
        f"x: {{password: [x, [a], {SECRET}]}}\n",
        f"pass: {SECRET}\n",
        f"key: |\n  -----BEGIN PRIVATE KEY-----\n  {SECRET}\n  -----END PRIVATE KEY-----\n",
        f"\tjwtSecret: {SECRET}\n: [\n",
    ],
)
def test_a_secret_is_masked_and_lines_stay(text: str) -> None:
    shown = masked_text(text)
    assert SECRET not in shown
    assert "***" in shown
    assert shown.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "parameter",
    [
        f"tlsCertificateKeyFilePassword={SECRET}",
        f"sslClientCertificateKeyPassword={SECRET}",
        f"proxyPassword={SECRET}",
        f"PROXYPASSWORD={SECRET}",
        f"authMechanismProperties=AWS_SESSION_TOKEN:{SECRET}",
        f"authMechanismProperties=SERVICE_NAME:x,AWS_SESSION_TOKEN:{SECRET}",
        f"proxy%50assword={SECRET}",
        f"proxyPassword=a'{SECRET}",
        f"proxyPassword=a;{SECRET}",
    ],
)
def test_a_secret_parameter_of_the_database_uri_shows_nowhere(parameter: str, tmp_path: Path) -> None:
    uri = f"mongodb://app@db/prexor?tls=true&{parameter}&w=majority"
    path = tmp_path / "controller.yml"
    path.write_text(f'database:\n  uri: "{uri}"\n', encoding="utf-8")
    report = check_config(path, working_directory=tmp_path, now=datetime(2026, 6, 1, tzinfo=UTC))
    name = parameter.partition("=")[0]
    shown = f"mongodb://app@db/prexor?tls=true&{name}=***&w=majority"
    assert report.other is not None
    assert report.other["database.uri"] == uri
    masked = report.to_dict()["other"]
    assert isinstance(masked, dict)
    assert masked["database.uri"] == shown
    assert SECRET not in report.text
    assert f"{name}=***&w=majority" in report.text
    assert SECRET not in masked_uris(f'the value "{uri}" is odd')
    assert "is odd" in masked_uris(f'the value "{uri}" is odd')


@pytest.mark.parametrize(
    "uri",
    [f"mongodb://h/?proxyPassword=a b {SECRET}", f"mongodb://u:a@{SECRET}@h/x", f"h?password={SECRET}"],
)
def test_a_uri_as_a_whole_hides_its_secret_to_the_end(uri: str) -> None:
    assert SECRET not in mask_uri(uri)


def test_a_uri_without_secrets_stays() -> None:
    uri = "mongodb://app@db1,db2:27017/x?replicaSet=rs0&readPreference=nearest"
    assert mask_uri(uri) == uri


def test_what_is_no_secret_stays() -> None:
    text = (
        "security:\n  passwordReset:\n    tokenTtlMinutes: 30\n  jwtExpirationMinutes: 5\n"
        "http: {port: 8080}\nuri: http://host:8080/path\n"
    )
    assert masked_text(text) == text


def test_what_follows_a_secret_in_one_flow_mapping_stays() -> None:
    assert masked_text("{jwtSecret: abc, port: 1}") == "{jwtSecret: ***, port: 1}"


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_lines_are_kept_whatever_the_text(text: str) -> None:
    assert masked_text(text).count("\n") == text.count("\n")
    assert masked_text(masked_text(text)).count("\n") == text.count("\n")


def test_a_report_holds_no_secret_in_its_text(tmp_path: Path) -> None:
    path = tmp_path / "controller.yml"
    path.write_text(f"security: {{jwtSecret: {SECRET}}}\n")
    assert SECRET not in check_config(path, now=datetime.now(UTC)).text
    path.write_text(f"security:\n  jwtSecret: {SECRET}\n :::[\n")
    assert SECRET not in check_config(path, now=datetime.now(UTC)).text


@pytest.mark.parametrize(
    "line",
    ["a" * 1_000_000, "a.-" * 300_000, "{secret:" * 100_000, "a://b:" * 150_000, "{secret: a, " * 80_000],
)
def test_a_line_of_a_megabyte_is_cut_and_costs_no_more_than_others(line: str) -> None:
    assert len(masked_text(line)) < 4_000


def test_a_secret_behind_the_cut_is_not_shown() -> None:
    assert SECRET not in masked_text(f"jwtSecret: {'x' * 1_995}{SECRET}")
    assert SECRET not in masked_text(f"{'x' * 1_995} jwtSecret: {SECRET}")


def test_messages_that_quote_a_uri_do_not_show_its_password() -> None:
    message = f'Cannot deserialize value of type int from String "mongodb://u:{SECRET}@h"'
    assert masked_uris(message) == 'Cannot deserialize value of type int from String "mongodb://***@h"'
    assert masked_uris("http.port must be between 1 and 65535") == "http.port must be between 1 and 65535"


def test_no_output_quotes_a_password_that_stands_under_a_wrong_key(tmp_path: Path) -> None:
    path = tmp_path / "controller.yml"
    for text in (
        f'http: {{port: "mongodb://u:{SECRET}@h"}}',
        f'http: {{cors: {{allowedOrigins: ["mongodb://u:{SECRET}@h"]}}}}',
        f'runtime: {{profile: production}}\nmodules: {{signing: {{trustRoot: "mongodb://u:{SECRET}@h"}}}}',
        f'database: {{uri: "mongodb://u:{SECRET}@h"}}',
    ):
        path.write_text(text)
        report = check_config(path, now=datetime.now(UTC))
        assert SECRET not in report.text
        assert SECRET not in json.dumps(report.to_dict()), text
        assert SECRET not in " ".join(finding.summary for finding in report.findings)
