"""Graph's $batch: what goes in, and how responses are matched."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import UsageError
from o365prov.graph.client.batch import LIMIT, chunks, decode, encode
from o365prov.graph.client.messages import NoResponse, Request, Response


def answer(number, status=200, body=None, headers=None):
    return {"id": str(number), "status": status, "headers": headers or {}, "body": body}


def outer(*answers, **headers):
    return Response(200, headers, json.dumps({"responses": answers}).encode())


def test_a_body_brings_its_content_type():
    """Graph refuses an inner request with a body and no Content-Type."""
    [inner] = encode([Request("POST", "/users", {"a": 1})]).body["requests"]
    assert inner["headers"] == {"Content-Type": "application/json"}


def test_a_request_without_body_has_none():
    """A GET or DELETE has no body and no header for one."""
    [inner] = encode([Request("DELETE", "/users/1/manager/$ref")]).body["requests"]
    assert inner == {"id": "1", "method": "DELETE", "url": "/users/1/manager/$ref"}


@pytest.mark.parametrize("count", [0, LIMIT + 1])
def test_a_batch_holds_one_to_twenty_requests(count):
    """More than 20, or none, is an error of the caller and refused before Graph does it."""
    with pytest.raises(UsageError, match="1 to 20"):
        encode([Request("GET", "/users/1")] * count)


def test_a_batch_costs_what_its_requests_cost():
    """A batch saves round trips, not quota."""
    request = encode([Request("GET", "/a", units=2), Request("PATCH", "/b", {}, writes=1)])
    assert (request.units, request.writes) == (3, 1)


@given(st.permutations(range(1, LIMIT + 1)))
def test_responses_are_matched_by_id(order):
    """Graph answers in any order; each request gets its own answer."""
    responses = decode(outer(*(answer(number, 200 + number) for number in order)), LIMIT)
    assert [each.status for each in responses] == [200 + number for number in range(1, LIMIT + 1)]


def test_an_inner_answer_has_its_own_headers():
    """An inner 429 brings its own Retry-After; names are found in lower case."""
    [inner] = decode(outer(answer(1, 429, headers={"Retry-After": "7"})), 1)
    assert inner.headers["retry-after"] == "7"


def test_the_outer_request_id_stands_in_for_a_missing_inner_one():
    """What Microsoft support asks for is known for every inner request."""
    first, second = decode(outer(answer(1), answer(2, headers={"request-id": "own"}), **{"request-id": "r"}), 2)
    assert (first.headers["request-id"], second.headers["request-id"]) == ("r", "own")


def test_the_inner_body_is_kept():
    """Error details of inner answers survive."""
    [inner] = decode(outer(answer(1, 400, {"error": {"code": "Request_BadRequest"}})), 1)
    assert inner.json() == {"error": {"code": "Request_BadRequest"}}


def test_a_missing_answer_is_an_unknown_outcome():
    """Where Graph leaves one out, the request may have had its effect."""
    first, second = decode(outer(answer(1, 204)), 2)
    assert first.status == 204
    assert isinstance(second, NoResponse)
    assert second.maybe_done


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>gateway</html>",
        b'{"responses": [{"id": "1", "sta',
        b"[]",
        b'{"responses": null}',
        b'{"responses": [{"status": 200}]}',
        b'{"responses": [{"id": "1", "status": "x"}]}',
    ],
)
def test_an_unreadable_answer_is_an_unknown_outcome(content):
    """HTML, torn JSON and other documents leave every request's outcome unknown."""
    responses = decode(Response(200, {}, content), 2)
    assert all(isinstance(each, NoResponse) and each.maybe_done for each in responses)


def test_an_outer_error_is_the_error_of_each_request():
    """A batch that was throttled as a whole was throttled for each."""
    throttled = Response(429, {"Retry-After": "3"})
    assert decode(throttled, 3) == [throttled] * 3


@given(st.lists(st.integers(), max_size=100), st.integers(1, 25))
def test_chunks_keep_everything_in_order(items, size):
    """Cutting into chunks loses nothing, and no chunk is too large or empty."""
    cut = list(chunks(items, size))
    assert [item for chunk in cut for item in chunk] == items
    assert all(0 < len(chunk) <= size for chunk in cut)
