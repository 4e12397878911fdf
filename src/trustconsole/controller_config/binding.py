"""Binds the tree to the build's records, in the order of the file, as Jackson does.

The first thing the build would refuse ends it, be it a wrong type or broken syntax further down. A parser
error inside a block is reported as `JsonMappingException`, at the top level under its own name: the block's
deserialiser wraps what happens inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from trustconsole.controller_config import coercion, schema
from trustconsole.controller_config.coercion import BindError, mismatch
from trustconsole.controller_config.java_scalars import JavaScalar, Kind, token_of
from trustconsole.controller_config.yaml_events import ParseError, ParseFailure, unpredictable
from trustconsole.controller_config.yaml_tree import Broken, Document, Mapping, Node, Scalar, Sequence

_ARRAY_LIST = "java.util.ArrayList"


@dataclass(frozen=True, slots=True)
class BoundValue:
    """A value as Java holds it (a nested `BoundRecord` for a block), and where it is written."""

    value: object
    line: int
    column: int
    text: str | None = None


@dataclass(slots=True)
class BoundRecord:
    """The keys of a block that the file gives, the last of each name."""

    values: dict[str, BoundValue] = field(default_factory=dict)

    def at(self, path: str) -> BoundValue | None:
        """The value at a dotted path, None where the file does not give it (or gives null for a block)."""
        head, _, rest = path.partition(".")
        found = self.values.get(head)
        if found is None or not rest:
            return found
        return found.value.at(rest) if isinstance(found.value, BoundRecord) else None


@dataclass(frozen=True, slots=True)
class LoadFailure:
    """Why the build does not load the file: class and first line of its message, the key and the place.

    `exception` is None where the build fails without one (a document that is null). With `predictable` False
    the build may or may not load the file, and `message` says what was never observed.
    """

    exception: str | None
    message: str | None
    key: str | None = None
    line: int | None = None
    column: int | None = None
    predictable: bool = True


class LoadError(Exception):
    """Carries a `LoadFailure` out of the recursion."""

    def __init__(self, failure: LoadFailure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def bind(document: Document) -> BoundRecord:
    """The bound file; raises `LoadError`."""
    root = document.root
    if root is None:
        raise LoadError(LoadFailure("MismatchedInputException", "No content to map due to end-of-input"))
    try:
        if isinstance(root, Scalar) and token_of(root).kind is Kind.NULL:
            raise LoadError(LoadFailure(None, None, None, root.line, root.column))
        bound = _value(schema.ROOT, root, "")
    except ParseError as error:
        raise LoadError(_load_failure(error.failure, None, wrapped=False)) from error
    assert isinstance(bound, BoundRecord)  # noqa: S101 - only a null scalar binds to None
    return bound


def _load_failure(failure: ParseFailure, key: str | None, *, wrapped: bool) -> LoadFailure:
    exception = "JsonMappingException" if wrapped else failure.exception
    return LoadFailure(
        exception if failure.predictable else None,
        failure.message,
        key or None,
        failure.line,
        failure.column,
        failure.predictable,
    )


def _value(type_: schema.Type, node: Node, key: str) -> object:
    """What `node` becomes; raises `ParseError` for the parser's failures, `LoadError` for the binder's."""
    if isinstance(node, Broken):
        raise ParseError(node.failure)
    try:
        if isinstance(node, Scalar):
            return _from_scalar(type_, token_of(node))
        if isinstance(type_, schema.Record) and isinstance(node, Mapping):
            return _record(type_, node, key)
        if isinstance(type_, schema.TextList) and isinstance(node, Sequence):
            return _text_list(node, key)
        if isinstance(type_, schema.RecordList) and isinstance(node, Sequence):
            return _record_list(type_.record, node, key)
        if isinstance(type_, schema.RecordMap) and isinstance(node, Mapping):
            return _record_map(type_.record, node, key)
    except BindError as error:
        failure = LoadFailure(error.exception, error.message, key or None, node.line, node.column)
        raise LoadError(failure) from error
    what, token = ("Array", "START_ARRAY") if isinstance(node, Sequence) else ("Object", "START_OBJECT")
    wrong = mismatch(_java_name(type_), f"{what} value", token)
    raise LoadError(LoadFailure(wrong.exception, wrong.message, key or None, node.line, node.column))


def _java_name(type_: schema.Type) -> str:
    if isinstance(type_, schema.TextList):
        return f"{_ARRAY_LIST}<java.lang.String>"
    if isinstance(type_, schema.RecordList):
        return f"{_ARRAY_LIST}<{type_.record.java}>"
    if isinstance(type_, schema.RecordMap):
        return f"java.util.LinkedHashMap<java.lang.String,{type_.record.java}>"
    if isinstance(type_, schema.Text):
        return "java.lang.String"
    return "java.lang.Double" if isinstance(type_, schema.Fraction) else type_.java


def _from_scalar(type_: schema.Type, scalar: JavaScalar) -> object:
    if isinstance(type_, schema.Text):
        return coercion.as_text(scalar)
    if isinstance(type_, schema.Whole):
        return coercion.as_whole(scalar, type_.java) or 0
    if isinstance(type_, schema.Truth):
        truth = coercion.as_boolean(scalar, type_.java)
        return bool(truth) if type_.java == "boolean" else truth
    if isinstance(type_, schema.Fraction):
        return coercion.as_double(scalar)
    if isinstance(type_, schema.Choice):
        return coercion.as_enum(scalar, type_.java, type_.constants)
    if scalar.kind is Kind.NULL:
        return None
    raise _block_from_scalar(type_, scalar)


_CONSTRUCTORS: dict[Kind, str] = {
    Kind.STRING: "no String-argument constructor/factory method to deserialize from String value ('{}')",
    Kind.INT: "no int/Int-argument constructor/factory method to deserialize from Number value ({})",
    Kind.FLOAT: "no double/Double-argument constructor/factory method to deserialize from Number value ({})",
    Kind.TRUE: "no boolean/Boolean-argument constructor/factory method to deserialize "
    "from boolean value (true)",
    Kind.FALSE: "no boolean/Boolean-argument constructor/factory method to deserialize "
    "from boolean value (false)",
}


def _block_from_scalar(type_: schema.Type, scalar: JavaScalar) -> BindError:
    """Why a block or a list is not made from a scalar."""
    if scalar.kind is Kind.BINARY:
        raise unpredictable("a !!binary value in place of a block")
    name = _java_name(type_)
    blank = scalar.kind is Kind.STRING and not coercion.java_trim(scalar.text)
    is_list = isinstance(type_, (schema.TextList, schema.RecordList))
    if blank and not is_list:
        what = "blank String (all whitespace)" if scalar.text else 'empty String ("")'
        return coercion.cannot_coerce(what, name)
    if blank or (scalar.kind is not Kind.STRING and not isinstance(type_, schema.Record)):
        return coercion.wrong_token(name, scalar)
    why = _CONSTRUCTORS[scalar.kind].format(scalar.text)
    instance = name.partition("<")[0]
    message = f"Cannot construct instance of `{instance}` (although at least one Creator exists): {why}"
    return BindError("MismatchedInputException", message)


def _record(record: schema.Record, node: Mapping, key: str) -> BoundRecord:
    bound = BoundRecord()
    complete = False
    for entry in node.entries:
        type_ = record.fields.get(entry.key)
        if isinstance(entry.value, Broken):
            raise ParseError(entry.value.failure)
        if type_ is None:
            _skip(entry.value)
            continue
        if complete:  # the record is built once its last component is read; what follows was not observed
            raise unpredictable(f"{entry.key} again after every key of its block", entry.line, entry.column)
        if isinstance(entry.value, Scalar):
            token_of(entry.value)
        path = f"{key}.{entry.key}" if key else entry.key
        value = _wrapped(partial(_value, type_, entry.value, path), path)
        text = entry.value.text if isinstance(entry.value, Scalar) else None
        bound.values[entry.key] = BoundValue(value, entry.value.line, entry.value.column, text)
        if len(bound.values) == len(record.fields):
            complete = True
            _construct(record, bound, node, key)
    if node.failure is not None:
        raise ParseError(node.failure)
    if not complete:
        _construct(record, bound, node, key)
    return bound


def _wrapped(read: Callable[[], object], key: str) -> object:
    try:
        return read()
    except ParseError as error:
        raise LoadError(_load_failure(error.failure, key, wrapped=True)) from error


def _construct(record: schema.Record, bound: BoundRecord, node: Mapping, key: str) -> None:
    """What the record's own constructor refuses."""
    problem = next(_problems(record, bound), None)
    if problem is not None:
        message = f"Cannot construct instance of `{record.java}`, problem: {problem}"
        failure = LoadFailure("ValueInstantiationException", message, key or None, node.line, node.column)
        raise LoadError(failure)
    if record.opaque:
        raise unpredictable(f"what the build makes of {key}", node.line, node.column)


def _problems(record: schema.Record, bound: BoundRecord) -> Iterator[str]:
    for name in record.required:
        given = bound.at(name)
        if given is None or not isinstance(given.value, str) or coercion.java_blank(given.value):
            yield name
    for name, type_ in record.fields.items():
        given = bound.at(name)
        if given is None or not isinstance(given.value, (list, dict)):
            continue
        values = given.value if isinstance(given.value, list) else list(given.value.values())
        if None not in values:
            continue
        if isinstance(type_, schema.TextList) and type_.nulls == "unknown":
            raise unpredictable(f"a null entry in {name}", given.line, given.column)
        if isinstance(type_, schema.RecordMap) or (
            isinstance(type_, schema.TextList) and type_.nulls == "refused"
        ):
            yield "`java.lang.NullPointerException`"


def _text_list(node: Sequence, key: str) -> list[str | None]:
    values: list[str | None] = []
    for index, item in enumerate(node.items):
        value = _wrapped(partial(_value, schema.TEXT, item, f"{key}[{index}]"), key)
        values.append(value if isinstance(value, str) else None)
    if node.failure is not None:
        raise LoadError(_load_failure(node.failure, key, wrapped=True))
    return values


def _record_list(record: schema.Record, node: Sequence, key: str) -> list[object]:
    values = [
        _wrapped(partial(_value, record, item, f"{key}[{index}]"), key)
        for index, item in enumerate(node.items)
    ]
    if node.failure is not None:
        raise LoadError(_load_failure(node.failure, key, wrapped=True))
    return values


def _record_map(record: schema.Record, node: Mapping, key: str) -> dict[str, object]:
    values: dict[str, object] = {}
    for entry in node.entries:
        values[entry.key] = _wrapped(partial(_value, record, entry.value, f"{key}.{entry.key}"), key)
    if node.failure is not None:
        raise LoadError(_load_failure(node.failure, key, wrapped=True))
    return values


def _skip(node: Node) -> None:
    """Reads past the value of an unknown key, which still must be YAML."""
    pending: list[Node | ParseFailure] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, ParseFailure):
            raise ParseError(current)
        if isinstance(current, Broken):
            raise ParseError(current.failure)
        if isinstance(current, Scalar):
            token_of(current)
            continue
        if current.failure is not None:
            pending.append(current.failure)
        children = (
            current.items if isinstance(current, Sequence) else [entry.value for entry in current.entries]
        )
        pending.extend(reversed(children))
