"""The sender: many reads in batches, each repeated as long as that helps."""

import asyncio
import json

import pytest

from o365prov.errors import ConnectionFailedError
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.retry import RetryPolicy


def batch(*answers):
    rows = [{"id": str(number), "status": status, "body": {"n": number}} for number, status in answers]
    return Response(200, {}, json.dumps({"responses": rows}).encode())


def read_all(sender, count):
    return asyncio.run(sender.read_all([Request("GET", f"/users/{number}") for number in range(1, count + 1)]))


def test_reads_are_batched_by_twenty(sender):
    """Forty-five reads are three requests."""
    full = [(number, 200) for number in range(1, 21)]
    sending = sender(batch(*full), batch(*full), batch(*full[:5]))
    assert len(read_all(sending, 45)) == 45
    assert len(sending.connection.requests) == 3


def test_only_what_failed_is_read_again(sender):
    """The others' answers are kept, in their places."""
    sending = sender(batch((1, 200), (2, 503), (3, 404)), batch((1, 200)))
    assert [response.status for response in read_all(sending, 3)] == [200, 200, 404]
    assert len(sending.connection.requests[1].body["requests"]) == 1


def test_reads_without_an_answer_end_in_an_error(sender):
    """After the last attempt it says that there was none."""
    sending = sender(*[NoResponse("down")] * 2, retry_policy=RetryPolicy(attempts=2))
    with pytest.raises(ConnectionFailedError, match=r"GET /users/1: no answer \(down\)"):
        read_all(sending, 1)


def test_an_error_that_stays_is_the_answer(sender):
    """The caller of many reads decides what an error of one means."""
    sending = sender(*[batch((1, 503))] * 2, retry_policy=RetryPolicy(attempts=2))
    assert [response.status for response in read_all(sending, 1)] == [503]


def test_requests_and_responses_show_only_where(response):
    """Queries and bodies hold people; reprs show neither."""
    request = Request("GET", "https://graph.microsoft.com/v1.0/users?$filter=mail eq 'x'", {"password": "p"})
    assert repr(request) == "Request(GET /users)"
    assert repr(response(200, {"password": "p"})) == "Response(200, 17 bytes)"
