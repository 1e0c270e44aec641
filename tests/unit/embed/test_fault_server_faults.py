"""That the test server fails when told to, and just so."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fault_server import AnyFault, Fault, FaultServer, Status

REQUEST = b'{"input":["one two","three"]}'


class Wire:
    """A connection below HTTP: what a client library would make of it does not count."""

    def __init__(self, server: FaultServer) -> None:
        self.sock = socket.create_connection(("127.0.0.1", int(server.origin.rpartition(":")[2])), timeout=5)
        head = f"POST /v1/embeddings HTTP/1.1\r\nHost: here\r\nContent-Length: {len(REQUEST)}\r\n\r\n"
        self.sock.sendall(head.encode() + REQUEST)
        self.received = b""

    def read(self, timeout_s: float = 5.0) -> str:
        """Read on, and return how it ended."""
        self.sock.settimeout(timeout_s)
        try:
            while part := self.sock.recv(1 << 16):
                self.received += part
        except ConnectionResetError:
            return "reset"
        except TimeoutError:
            return "silence"
        return "closed"

    @property
    def head(self) -> str:
        return self.received.partition(b"\r\n\r\n")[0].decode().lower()

    @property
    def body(self) -> bytes:
        return self.received.partition(b"\r\n\r\n")[2]

    @property
    def promised(self) -> int:
        _, _, rest = self.head.partition("content-length: ")
        return int(rest.split("\r\n")[0])


@pytest.fixture
def whole(client: httpx.Client) -> bytes:
    """The body that is broken in these tests."""
    return client.post("/embeddings", content=REQUEST).content


@pytest.fixture
def wire(request: pytest.FixtureRequest, fault_server: FaultServer, whole: bytes) -> Iterator[Wire]:
    """A connection that meets the fault."""
    fault_server.script(request.param)
    wire = Wire(fault_server)
    yield wire
    wire.sock.close()


def ask(client: httpx.Client, *texts: str, **more: Any) -> httpx.Response:
    return client.post("/embeddings", json={"input": list(texts), **more})


def data(client: httpx.Client, *texts: str, **more: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ask(client, *texts, **more).json()["data"]
    return items


@pytest.mark.parametrize("wire", [Fault.RESET], indirect=True)
def test_reset_before_any_byte(wire: Wire, fault_server: FaultServer) -> None:
    assert wire.read() == "reset"
    assert wire.received == b""
    record = fault_server.requests[-1]
    assert (record.status, record.end, record.fault) == (None, "cut", Fault.RESET)


@pytest.mark.parametrize("wire", [Fault.RESET_MID_BODY], indirect=True)
def test_reset_in_the_middle_of_the_body(wire: Wire, whole: bytes, fault_server: FaultServer) -> None:
    assert wire.read() == "reset"
    assert wire.promised == len(whole)
    assert wire.body == whole[: len(whole) // 2]
    fault_server.wait_for(lambda server: server.requests[-1].end == "cut")
    assert fault_server.requests[-1].status == 200


@pytest.mark.parametrize("wire", [Fault.CUT_BODY], indirect=True)
def test_body_shorter_than_promised(wire: Wire, whole: bytes) -> None:
    assert wire.read() == "closed"
    assert wire.promised == len(whole)
    assert wire.body == whole[: len(whole) // 2]


@pytest.mark.parametrize("wire", [Fault.TRUNCATED_JSON], indirect=True)
def test_truncated_json_with_right_headers(wire: Wire, whole: bytes) -> None:
    assert wire.read(0.1) == "silence"  # kept alive
    assert wire.head.startswith("http/1.1 200")
    assert "content-type: application/json" in wire.head
    assert wire.promised == len(wire.body) == len(whole) // 2
    assert whole.startswith(wire.body)
    with pytest.raises(json.JSONDecodeError):
        json.loads(wire.body)


@pytest.mark.parametrize("wire", [Fault.HTML], indirect=True)
def test_html_in_place_of_json(wire: Wire) -> None:
    assert wire.read(0.1) == "silence"
    assert wire.head.startswith("http/1.1 200")
    assert "content-type: text/html" in wire.head
    assert wire.body.startswith(b"<!doctype html>")
    assert wire.promised == len(wire.body)


@pytest.mark.parametrize("wire", [Fault.HANG], indirect=True)
def test_hang(wire: Wire, fault_server: FaultServer) -> None:
    assert wire.read(0.15) == "silence"
    assert wire.received == b""
    assert fault_server.requests[-1].end is None
    wire.sock.close()
    fault_server.wait_for(lambda server: server.requests[-1].end == "left")


@pytest.mark.parametrize("wire", [Fault.HANG_BODY], indirect=True)
def test_hang_after_the_headers(wire: Wire, whole: bytes) -> None:
    assert wire.read(0.15) == "silence"
    assert wire.head.startswith("http/1.1 200")
    assert (wire.promised, wire.body) == (len(whole), b"")


def test_server_stops_while_requests_hang(client: httpx.Client) -> None:
    with FaultServer() as server:
        server.script(Fault.HANG, Fault.HANG_BODY)
        hanging = [Wire(server), Wire(server)]
        server.wait_for(lambda server: len(server.texts) == 4)
    assert [wire.read() for wire in hanging] == ["reset", "reset"]
    for wire in hanging:
        wire.sock.close()


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        pytest.param(Status(429), None, id="429"),
        pytest.param(Status(429, retry_after=2), "2", id="429 in seconds"),
        pytest.param(Status(503, "Wed, 21 Oct 2026 07:28:00 GMT"), "Wed, 21 Oct 2026 07:28:00 GMT", id="503 at a date"),
        pytest.param(Status(500), None, id="500"),
        pytest.param(Status(400), None, id="400"),
    ],
)
def test_status(client: httpx.Client, fault_server: FaultServer, fault: Status, retry_after: str | None) -> None:
    fault_server.script(fault)
    answer = ask(client, "x")
    assert (answer.status_code, answer.headers.get("retry-after")) == (fault.code, retry_after)
    assert answer.json()["error"]["code"] == fault.code
    assert ask(client, "x").status_code == 200
    assert [(record.status, record.fault) for record in fault_server.requests] == [(fault.code, fault), (200, None)]


def test_status_with_a_body_of_its_own(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.script(Status(502, body="<h1>Bad Gateway</h1>", content_type="text/html", headers={"Via": "proxy"}))
    answer = ask(client, "x")
    assert (answer.status_code, answer.text) == (502, "<h1>Bad Gateway</h1>")
    assert (answer.headers["content-type"], answer.headers["via"]) == ("text/html", "proxy")


@pytest.mark.parametrize(
    ("fault", "number"), [(Fault.NAN, "NaN"), (Fault.INFINITY, "Infinity"), (Fault.NULL_NUMBER, "null")], ids=str
)
def test_number_that_is_none(client: httpx.Client, fault_server: FaultServer, fault: Fault, number: str) -> None:
    fault_server.script(fault)
    assert ask(client, "a", "b").text.count(number) == 1
    assert number not in ask(client, "a", "b").text


@pytest.mark.parametrize(
    ("fault", "texts", "lengths", "indexes"),
    [
        pytest.param(Fault.NULL_VECTOR, "ab", [None, 64], [0, 1], id="null vector"),
        pytest.param(Fault.RAGGED, "ab", [63, 64], [0, 1], id="one short vector"),
        pytest.param(Fault.WRONG_DIMENSION, "ab", [63, 63], [0, 1], id="wrong dimension"),
        pytest.param(Fault.FEWER, "ab", [64], [1], id="fewer"),
        pytest.param(Fault.FEWER, "a", [], [], id="none"),
        pytest.param(Fault.MORE, "ab", [64] * 3, [0, 1, 2], id="more"),
        pytest.param(Fault.DUPLICATE_INDEX, "ab", [64, 64], [1, 1], id="duplicate index"),
        pytest.param(Fault.DUPLICATE_INDEX, "a", [64, 64], [0, 0], id="duplicate index of one"),
        pytest.param(Fault.INDEX_OUT_OF_RANGE, "ab", [64, 64], [2, 1], id="index out of range"),
    ],
)
def test_vectors_that_do_not_fit(
    client: httpx.Client,
    fault_server: FaultServer,
    fault: Fault,
    texts: str,
    lengths: list[int | None],
    indexes: list[int],
) -> None:
    fault_server.script(fault)
    items = data(client, *texts)
    vectors = [item["embedding"] for item in items]
    assert [None if vector is None else len(vector) for vector in vectors] == lengths
    assert [item["index"] for item in items] == indexes


def test_zero_vector(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.script(Fault.ZERO_VECTOR)
    first, second = data(client, "a", "b")
    assert not any(first["embedding"])
    assert any(second["embedding"])


def test_packed_vectors_are_spoilt_too(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.script(Fault.NAN, Fault.WRONG_DIMENSION, Fault.NAN)
    packed = ask(client, "a", encoding_format="bytes_only", embed_dtype="float16").content
    assert packed.endswith(b"\x00\x7e")
    assert len(ask(client, "a", "b", encoding_format="bytes_only").content) == 2 * 63 * 4
    assert data(client, "a", encoding_format="base64")[0]["embedding"].endswith("AADAfw==")


@pytest.mark.parametrize(
    ("fault", "encoding"),
    [
        (Fault.NULL_NUMBER, "base64"),
        (Fault.NULL_NUMBER, "bytes_only"),
        (Fault.NULL_VECTOR, "bytes_only"),
        (Fault.DUPLICATE_INDEX, "bytes_only"),
        (Fault.INDEX_OUT_OF_RANGE, "bytes_only"),
    ],
    ids=str,
)
def test_fault_that_cannot_be_written_is_an_error_of_the_test(
    client: httpx.Client, fault: Fault, encoding: str
) -> None:
    def test() -> None:
        with FaultServer() as server:
            server.script(fault)
            client.post(f"{server.url}/embeddings", json={"input": "a", "encoding_format": encoding})

    with pytest.raises(ValueError, match="this fault wants"):
        test()


def test_null_vector_among_coded_ones(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.script(Fault.NULL_VECTOR)
    first, second = data(client, "a", "b", encoding_format="base64")
    assert (first["embedding"], type(second["embedding"])) == (None, str)


def test_fault_of_vectors_where_there_are_none(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.script(Fault.NAN)
    assert ask(client, "a", model="other").status_code == 404
    assert fault_server.requests[0].fault is None


def test_index_is_duplicate_when_all_texts_pull_the_trigger(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.when("x", Fault.DUPLICATE_INDEX)
    assert [item["index"] for item in data(client, "x", "xx", "xxx")] == [1, 1, 2]


def test_script_is_met_in_order(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.script(Status(503), None)
    fault_server.script(Status(429))
    assert fault_server.faults_left == 3
    assert [ask(client, "x").status_code for _ in range(4)] == [503, 200, 429, 200]
    assert fault_server.faults_left == 0


def test_script_of_another_path(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.script(Status(503), Fault.HTML, path="/v1/models")
    fault_server.script(Status(500), path="/health")
    assert ask(client, "x").status_code == 200
    assert client.get("/models").status_code == 503
    assert client.get("/models").headers["content-type"].startswith("text/html")
    assert client.get("/models").status_code == 200
    assert client.get(f"{fault_server.origin}/health").status_code == 500
    with pytest.raises(ValueError, match="no vectors"):
        fault_server.script(Fault.NAN, path="/v1/models")


@pytest.mark.parametrize("fault", [Status(500), Status(400)], ids=["500", "400"])
def test_a_word_fails_its_batch(client: httpx.Client, fault_server: FaultServer, fault: AnyFault) -> None:
    fault_server.when("POISON", fault)
    assert isinstance(fault, Status)
    for texts, status in ((("a", "some POISON"), fault.code), (("a",), 200), (("POISON",), fault.code)):
        assert ask(client, *texts).status_code == status


def test_a_word_spoils_its_own_vectors(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.when("POISON", Fault.NULL_VECTOR)
    items = data(client, "a", "POISON here", "b", "and POISON")
    assert [item["embedding"] is None for item in items] == [False, True, False, True]


def test_a_predicate_on_the_whole_batch(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.when(lambda texts: len(texts) > 2, Status(413))
    assert [ask(client, *"abc"[:count]).status_code for count in (1, 2, 3)] == [200, 200, 413]
    assert client.get("/models").status_code == 200


def test_a_rule_for_so_many_times(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.when("x", Status(500), times=2)
    fault_server.script(Status(503), None)
    assert [ask(client, "x").status_code for _ in range(5)] == [503, 500, 500, 200, 200]


def test_faults_are_cleared(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.when("x", Status(500))
    fault_server.script(Status(503), Status(503))
    fault_server.clear_faults()
    assert ask(client, "x").status_code == 200
