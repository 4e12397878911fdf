"""How text becomes Java values: the build's coercions, one table per type."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from trustconsole.controller_config.report import ConfigReport

Check = Callable[..., ConfigReport]
MISMATCH, FORMAT, MAPPING = "MismatchedInputException", "InvalidFormatException", "JsonMappingException"


@pytest.mark.parametrize(
    ("written", "port"),
    [
        ("8081", 8081),
        ('"8081"', 8081),
        ("' 8081 '", 8081),
        ("+8081", 8081),
        ("8_081", 8081),
        ("0x1F90", 8080),
        ("010000", 4096),
        ("0b101", 5),
        ("089", 89),
        ("8081.9", 8081),
        ("8.081e3", 8081),
        ("!!int '8085'", 8085),
        ("!!str 8085", 8085),
        ("-5", 8080),
        ("0", 8080),
        ("~", 8080),
        ("''", 8080),
        ("'null'", 8080),
        ("١", 1),
    ],
)
def test_whole_numbers_bind_as_jackson_binds_them(check: Check, written: str, port: int) -> None:
    report = check(f"http:\n  port: {written}\n")
    assert report.other is not None
    assert report.other["http.port"] == port


@pytest.mark.parametrize(
    ("written", "exception"),
    [
        ("abc", FORMAT),
        ("'8081.0'", FORMAT),
        ("'8_081'", FORMAT),
        ("0o17", FORMAT),
        ("0x", FORMAT),
        ("1:30", FORMAT),
        ("\U0001d7cf", FORMAT),
        ("'99999999999'", FORMAT),
        ("99999999999", MAPPING),
        ("1e400", MAPPING),
        (".inf", MAPPING),
        ("1:30.5", MAPPING),
        ("true", MISMATCH),
        ("[]", MISMATCH),
        ("{}", MISMATCH),
        ("!!int 089", "JsonMappingException"),
    ],
)
def test_what_is_no_whole_number_fails_the_load(check: Check, written: str, exception: str) -> None:
    report = check(f"http:\n  port: {written}\n")
    assert (report.controller.starts, report.controller.stage) == (False, "load")
    assert report.controller.exception == exception
    assert report.effective is None


@pytest.mark.parametrize(
    ("written", "required"),
    [
        *(
            (word, True)
            for word in ("true", "True", "yes", "on", "ON", "1", "0x1", "3", '"TRUE"', '" true "')
        ),
        *((word, False) for word in ("false", "No", "off", "0", "-0", '"false"', "!!bool n")),
        *((word, True) for word in ("~", '""', '"null"', "null")),  # resolved by the profile
    ],
)
def test_booleans_bind_as_jackson_binds_them(check: Check, written: str, required: bool) -> None:
    signing = f"modules: {{signing: {{required: {written}, trustRoot: keys.pem}}}}\n"
    report = check("runtime: {profile: production}\n" + signing)
    assert report.effective is not None
    assert report.effective.required.value is required


@pytest.mark.parametrize(
    ("written", "exception"),
    [
        ("y", FORMAT),
        ('"yes"', FORMAT),
        ('"0"', FORMAT),
        ("1.0", MISMATCH),
        ("[true]", MISMATCH),
        (".inf", MISMATCH),
    ],
)
def test_what_is_no_boolean_fails_the_load(check: Check, written: str, exception: str) -> None:
    report = check(f"modules: {{signing: {{required: {written}}}}}\n")
    assert report.controller.exception == exception


@pytest.mark.parametrize(
    ("written", "mode"),
    [
        ("COSIGN_BUNDLE", "COSIGN_BUNDLE"),
        ("' COSIGN_BUNDLE\t'", "COSIGN_BUNDLE"),
        ("1", "COSIGN_BUNDLE"),
        ("'1'", "COSIGN_BUNDLE"),
        ("0", "KEYED"),
        ("~", "KEYED"),
    ],
)
def test_enumerations_bind_by_exact_name_or_ordinal(check: Check, written: str, mode: str) -> None:
    report = check(f"modules: {{signing: {{mode: {written}}}}}\n")
    assert report.effective is not None
    assert report.effective.mode.value == mode


@pytest.mark.parametrize(
    ("written", "exception"),
    [
        ("cosign_bundle", FORMAT),
        ("2", FORMAT),
        ("-1", FORMAT),
        ("''", FORMAT),
        ("true", MISMATCH),
        ("1.0", MISMATCH),
    ],
)
def test_other_names_for_an_enumeration_fail_the_load(check: Check, written: str, exception: str) -> None:
    assert check(f"modules: {{signing: {{mode: {written}}}}}\n").controller.exception == exception


@pytest.mark.parametrize("written", ["1.50", "0x10", "true", "yes", "2026-01-02", "1e400", "10:30"])
def test_text_keeps_the_characters_it_was_written_with(check: Check, written: str) -> None:
    report = check(f"modules: {{signing: {{trustRoot: {written}}}}}\n")
    assert report.effective is not None
    assert report.effective.trust_root.value == written


def test_binary_text_becomes_canonical_base64(check: Check) -> None:
    report = check("database: {uri: !!binary aGVsbG8=}\n")
    assert report.other is not None
    assert report.other["database.uri"] == "aGVsbG8="


@pytest.mark.parametrize(
    ("text", "exception"),
    [
        ("", MISMATCH),
        ("# nothing\n", MISMATCH),
        ("---\n", None),
        ("~\n", None),
        ('""\n', FORMAT),
        ("text\n", MISMATCH),
        ("[1]\n", MISMATCH),
        ("http: 5\n", MISMATCH),
        ('http: ""\n', FORMAT),
        ("http: '  '\n", FORMAT),
        ("network: {allowedSubnets: 10.0.0.0/8}\n", MISMATCH),
        ("network: {allowedSubnets: 5}\n", MISMATCH),
        ("modules: {quotas: ''}\n", FORMAT),
        ("modules: {quotas: low}\n", MISMATCH),
        ('networks: ""\n', MISMATCH),
        ("networks: [{name: ''}]\n", "ValueInstantiationException"),
        ("networks: [{name: a}]\n", "ValueInstantiationException"),
        ("modules: {registries: [a, null]}\n", "ValueInstantiationException"),
        ("modules: {quotas: {a: null}}\n", "ValueInstantiationException"),
        ("raft: {joinAddrs: [null]}\n", "ValueInstantiationException"),
        ("events: [{name: a}]\n", "ValueInstantiationException"),
        ("http:\n\tport: 1\n", "MarkedYAMLException"),
        ("http: {port: 1,,}\n", MAPPING),
        ("x: {port: 1,,}\n", "MarkedYAMLException"),
        ("? [a]\n: b\n", "JsonParseException"),
        ("http: {? [a] : b}\n", MAPPING),
        (b"# \xff\n", "JacksonYAMLParseException"),
        ("uuid: 'a\x01'\n", "JacksonYAMLParseException"),
        ("x: " + "[" * 1100 + "]" * 1100 + "\n", "StreamConstraintsException"),
        ("http: {port: 1}\n\tx: 2\n", MAPPING),
    ],
)
def test_files_that_do_not_load_fail_with_the_builds_exception(
    check: Check, text: str | bytes, exception: str | None
) -> None:
    report = check(text)
    assert (report.controller.starts, report.controller.stage) == (False, "load")
    assert report.controller.exception == exception
    assert report.other is None
    assert any(finding.severity == "error" for finding in report.findings)


@pytest.mark.parametrize(
    "text",
    [
        "x: [" + "[" * 500 + "]" * 500 + "]\n",
        "http:\n  port: 8089\t# tab before a comment\n",
        "%FOO bar\n---\nhttp: {port: 8081}\n",
        "redis: {uri: x}\n",
        "networks: [{name: a, lobbyGroup: b}, null]\n",
        "uuid: &ü x\n",
        "http: {port: 8081}#glued\n",
    ],
)
def test_files_that_look_odd_and_load(check: Check, text: str) -> None:
    assert check(text).controller.starts is True


@pytest.mark.parametrize(
    "text",
    [
        "runtime: {profile: production, profile: development}\n",
        'uuid: "a\\/b"\n',
        b"# \xc1\x81\n",
        "events: [{name: a, group: b, cron: c}]\n",
        "uuid: !!binary '@'\n",
        "grpc: {subjectAltNames: [null]}\n",
        b"uuid: \xed\xa0\xbd\xed\xb8\x80\n",
        "http: {port: !!float 0x1p3}\n",
        "x: [" + "a," * 60_000 + "]\n",
    ],
)
def test_where_the_build_was_never_observed_the_answer_is_unknown(check: Check, text: str | bytes) -> None:
    report = check(text)
    assert report.controller.starts is None
    assert report.controller.stage is None
    assert report.findings[0].id == "not-predictable"


def test_the_first_wrong_value_wins_over_broken_syntax_further_down(check: Check) -> None:
    report = check("http: port: 8081\n")
    assert report.controller.exception == MISMATCH


def test_an_alias_is_read_as_the_text_of_its_name(check: Check) -> None:
    report = check("x: &p 8085\nhttp: {port: *p}\n")
    assert report.controller.message == (
        'Cannot deserialize value of type `int` from String "p": not a valid `int` value'
    )


def test_merge_keys_are_ignored(check: Check) -> None:
    report = check("base: &s {required: true}\nmodules: {signing: {<<: *s, mode: KEYED}}\n")
    assert report.effective is not None
    assert report.effective.required.value is False
    assert "merge-key-ignored" in {finding.id for finding in report.findings}


def test_the_last_of_two_blocks_replaces_the_first_whole(check: Check) -> None:
    report = check(
        "modules: {signing: {trustRoot: keys.pem, mode: COSIGN_BUNDLE}}\n"
        "modules: {signing: {required: false}}\n"
    )
    assert report.effective is not None
    assert report.effective.trust_root.value is None
    assert report.effective.mode.value == "KEYED"


def test_a_wrong_value_fails_the_load_even_where_a_later_duplicate_is_right(check: Check) -> None:
    assert check("modules: {signing: {mode: bogus, mode: KEYED}}\n").controller.stage == "load"


def test_only_the_first_document_is_read(check: Check) -> None:
    report = check("http: {port: 8081}\n---\n{{{\n")
    assert report.other is not None
    assert report.other["http.port"] == 8081
    assert [f.line for f in report.findings if f.id == "second-document-ignored"] == [2]
