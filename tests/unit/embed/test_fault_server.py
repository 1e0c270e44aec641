"""What the test server serves, keeps and takes time for when nothing fails."""

from __future__ import annotations

import time
from concurrent.futures import Executor
from typing import Any

import httpx
import numpy as np
import pytest

from fake_embedder import FakeEmbedder
from fault_server import FaultServer, ListedModel, Personality, Status
from seealso.embed.base import Vectors


def embed(client: httpx.Client, *texts: str, **more: Any) -> httpx.Response:
    return client.post("/embeddings", json={"model": "bag-of-words", "input": list(texts), **more})


def vectors(response: httpx.Response) -> Vectors:
    assert response.status_code == 200, response.text
    return np.array([item["embedding"] for item in response.json()["data"]], np.float32)


def test_vectors_are_those_of_the_fake_embedder(client: httpx.Client) -> None:
    texts = ["stop the service", "an orchestra plays", ""]
    np.testing.assert_allclose(vectors(embed(client, *texts)), FakeEmbedder().embed(texts, "passage"), atol=1e-6)


def test_answer_has_the_members_of_the_real_ones(client: httpx.Client) -> None:
    answer = embed(client, "one two", "three").json()
    assert answer["object"] == "list"
    assert answer["model"] == "bag-of-words"
    assert [(item["object"], item["index"]) for item in answer["data"]] == [("embedding", 0), ("embedding", 1)]
    assert answer["usage"] == {"prompt_tokens": 3, "total_tokens": 3}


@pytest.mark.parametrize(
    ("given", "count"),
    [
        pytest.param("one text", 1, id="string"),
        pytest.param([1, 2, 3], 1, id="token ids"),
        pytest.param([[1, 2], [3]], 2, id="lists of token ids"),
        pytest.param("", 1, id="empty string"),
    ],
)
def test_forms_of_input(client: httpx.Client, given: Any, count: int) -> None:
    assert len(vectors(client.post("/embeddings", json={"input": given}))) == count


@pytest.mark.parametrize("given", [[], None, {}, [None], 7], ids=repr)
def test_input_that_is_none(client: httpx.Client, given: Any) -> None:
    assert client.post("/embeddings", json={"input": given}).status_code == 400


def test_what_is_no_json_is_refused_and_recorded(client: httpx.Client, fault_server: FaultServer) -> None:
    assert client.post("/embeddings", content=b"{").status_code == 400
    assert fault_server.requests[0].body is None


def test_health_models_and_other_paths(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.models = (
        ListedModel("a", max_model_len=512, root="/models/a"),
        ListedModel("b", "llamacpp", extra={"meta": {"n_embd": 64}}),
        ListedModel("c", None),
    )
    entries = client.get("/models").json()["data"]
    assert [{key: entry[key] for key in entry if key not in {"object", "created"}} for entry in entries] == [
        {"id": "a", "owned_by": "vllm", "root": "/models/a", "max_model_len": 512},
        {"id": "b", "owned_by": "llamacpp", "meta": {"n_embd": 64}},
        {"id": "c"},
    ]
    assert client.get(f"{fault_server.origin}/health").status_code == 200
    assert client.get("/elsewhere").status_code == 404
    assert client.get("/embeddings").status_code == 404
    fault_server.personality.lists_models = False
    assert client.get("/models").status_code == 404


def test_another_model_is_another_space_with_the_same_neighbours(
    client: httpx.Client, fault_server: FaultServer
) -> None:
    texts = ("stop the service", "stop the old service", "an orchestra plays", "")
    spaces = []
    for seed in (0, 1, 2, 1, 0):
        fault_server.change_model(seed)
        spaces.append(vectors(embed(client, *texts)))
    first, second, third, second_again, first_again = spaces
    np.testing.assert_array_equal(first, first_again)
    np.testing.assert_array_equal(second, second_again)
    np.testing.assert_allclose(first @ first.T, second @ second.T, atol=1e-5)
    for one, other in ((first, second), (second, third), (first, third)):
        assert np.abs(np.sum(one * other, axis=1)).max() < 0.6


def test_records(client: httpx.Client, fault_server: FaultServer) -> None:
    before_s = time.monotonic()
    embed(client, "a", "b", priority=3)
    client.get("/models", headers={"X-Mark": "here"})
    first, second = fault_server.requests
    assert (first.method, first.path, first.texts) == ("POST", "/v1/embeddings", ("a", "b"))
    assert first.body == {"model": "bag-of-words", "input": ["a", "b"], "priority": 3}
    assert (first.status, first.end, first.in_flight, first.authorization) == (200, "answered", 1, None)
    assert first.ended_s is not None
    assert before_s <= first.arrived_s <= first.ended_s <= second.arrived_s
    assert (second.headers["x-mark"], second.body, second.texts) == ("here", None, ())
    assert fault_server.embeddings == [first]
    assert fault_server.texts == ["a", "b"]
    fault_server.forget()
    assert fault_server.requests == []
    assert fault_server.max_in_flight == 0


def test_connections_are_told_apart(client: httpx.Client, fault_server: FaultServer) -> None:
    embed(client, "kept alive")
    embed(client, "kept alive")
    client.post("/embeddings", json={"input": "closed"}, headers={"Connection": "close"})
    embed(client, "new")
    first, *same, new = [record.connection for record in fault_server.requests]
    assert same == [first] * 2
    assert new != first


def test_requests_in_flight_are_counted_by_path(
    client: httpx.Client, fault_server: FaultServer, aside: Executor
) -> None:
    fault_server.hold()
    waiting = [aside.submit(embed, client, str(number)) for number in range(3)]
    fault_server.wait_for(lambda server: len(server.texts) == 3)
    client.get("/models")
    assert sorted(record.in_flight for record in fault_server.embeddings) == [1, 2, 3]
    assert fault_server.requests[-1].in_flight == 1
    assert not any(future.done() for future in waiting)
    fault_server.release()
    assert {future.result().status_code for future in waiting} == {200}
    embed(client, "alone again")
    assert fault_server.embeddings[-1].in_flight == 1
    assert fault_server.max_in_flight == 3


def test_down_refuses_and_resets_and_up_is_the_same_port(
    client: httpx.Client, fault_server: FaultServer, aside: Executor
) -> None:
    fault_server.hold()
    waiting = aside.submit(embed, client, "in flight")
    fault_server.wait_for(lambda server: bool(server.texts))
    fault_server.down()
    with pytest.raises(httpx.ReadError):
        waiting.result()
    assert fault_server.requests[0].end == "left"
    for _ in range(2):
        with pytest.raises(httpx.ConnectError):
            client.get("/models")
    fault_server.release()
    for _ in range(2):
        fault_server.up()
        assert client.get("/models").status_code == 200
        fault_server.down()
        with pytest.raises(httpx.ConnectError):
            client.get("/models")


def test_a_client_that_leaves_is_noticed(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.hold()
    with pytest.raises(httpx.ReadTimeout):
        client.post("/embeddings", json={"input": "impatient"}, timeout=0.05)
    fault_server.wait_for(lambda server: server.requests[0].end == "left")
    assert fault_server.requests[0].status is None


def test_waiting_for_what_never_comes_ends(fault_server: FaultServer) -> None:
    with pytest.raises(TimeoutError, match="0 requests"):
        fault_server.wait_for(lambda server: bool(server.requests), timeout_s=0.01)


def test_a_wrong_predicate_fails_the_test_that_has_it(client: httpx.Client) -> None:
    def test() -> None:
        with FaultServer() as server:
            server.when(lambda texts: bool(1 / 0), Status(500))
            assert client.post(f"{server.url}/embeddings", json={"input": "x"}).status_code == 500

    with pytest.raises(ZeroDivisionError):
        test()


def test_two_servers_share_nothing(client: httpx.Client, fault_server: FaultServer) -> None:
    with FaultServer(Personality(dimension=8)) as other:
        assert vectors(client.post(f"{other.url}/embeddings", json={"input": "x"})).shape == (1, 8)
        assert len(other.requests) == 1
    assert fault_server.requests == []


def test_latency(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.latency_s, fault_server.personality.latency_per_token_s = 0.03, 0.01
    for queue in ("parallel", "fifo"):
        fault_server.personality.queue = queue
        began_s = time.monotonic()
        embed(client, "one two", "three")
        assert time.monotonic() - began_s >= 0.058, queue


@pytest.mark.parametrize(
    ("queue", "priority", "waits"),
    [
        pytest.param("fifo", 0, True, id="fifo"),
        pytest.param("fifo", -10, True, id="fifo knows no priority"),
        pytest.param("priority", 0, True, id="same priority"),
        pytest.param("priority", -10, False, id="lower number"),
        pytest.param("priority", 10, True, id="higher number"),
        pytest.param("parallel", 0, False, id="parallel"),
    ],
)
def test_a_short_request_behind_long_ones(
    client: httpx.Client, fault_server: FaultServer, aside: Executor, queue: Any, priority: int, waits: bool
) -> None:
    fault_server.personality.queue = queue
    fault_server.personality.latency_per_token_s = 0.005
    fault_server.hold()
    requests = [aside.submit(embed, client, *["word"] * 10) for _ in range(2)]
    fault_server.wait_for(lambda server: len(server.texts) == 20)
    requests.append(aside.submit(embed, client, "short", priority=priority))
    fault_server.wait_for(lambda server: len(server.texts) == 21)
    released_s = time.monotonic()
    fault_server.release()
    assert [request.result().status_code for request in requests] == [200] * 3
    *long, short = [record.ended_s or 0.0 for record in fault_server.requests]
    if waits:
        assert short >= max(long)
    else:
        assert short < min(long)
    assert max(long) - released_s >= (0.048 if queue == "parallel" else 0.098)


def test_priority_overtakes_what_is_under_way(client: httpx.Client, fault_server: FaultServer, aside: Executor) -> None:
    fault_server.personality.queue, fault_server.personality.latency_per_token_s = "priority", 0.01
    long = aside.submit(embed, client, *["word"] * 400)
    fault_server.wait_for(lambda server: bool(server.texts))
    assert embed(client, "short", priority=-1).status_code == 200
    assert not long.done()
    fault_server.down()
    with pytest.raises(httpx.ReadError):
        long.result()


def test_texts_of_a_request_that_was_given_up_take_no_time(client: httpx.Client, fault_server: FaultServer) -> None:
    fault_server.personality.queue, fault_server.personality.latency_per_token_s = "fifo", 0.01
    with pytest.raises(httpx.ReadTimeout):
        client.post("/embeddings", json={"input": ["word"] * 2000}, timeout=0.05)
    assert embed(client, "next").status_code == 200
