"""$batch: what is answered for each request, and what the whole is refused for."""

from __future__ import annotations

import pytest


def _batch(graph, *requests):
    answer = graph("POST", "/$batch", {"requests": list(requests)})
    assert answer.status == 200, answer
    return {item["id"]: item for item in answer.body["responses"]}


def _get(key, url="/users", **more):
    return {"id": key, "method": "GET", "url": url, **more}


def test_each_request_is_answered_for_itself(graph, fake):
    """The outer 200 says nothing about the inner ones; 204 has no body."""
    user = fake.add_user("a@managed.example")
    patch = {
        "id": "b",
        "method": "PATCH",
        "url": f"/users/{user['id']}",
        "headers": {"Content-Type": "application/json"},
        "body": {"jobTitle": "Singer"},
    }
    answers = _batch(graph, _get("a", "/users/nobody"), patch, _get("c", f"/users/{user['id']}?$select=jobTitle"))
    assert {key: item["status"] for key, item in answers.items()} == {"a": 404, "b": 204, "c": 200}
    assert answers["a"]["body"]["error"]["code"] == "Request_ResourceNotFound"
    assert answers["b"]["body"] is None


def test_answers_come_in_any_order(graph):
    """A client that relies on the order fails here, too."""
    orders = {tuple(_batch(graph, *(_get(str(number)) for number in range(10)))) for _ in range(5)}
    assert len(orders) > 1


def test_a_failed_parent_fails_its_children(graph):
    """DependsOn a failed request gives 424 FailedDependency, and so on down the chain."""
    answers = _batch(graph, _get("c", dependsOn=["b"]), _get("b", dependsOn=["a"]), _get("a", "/users/nobody"))
    assert [answers[key]["status"] for key in "abc"] == [404, 424, 424]
    assert answers["b"]["body"]["error"]["code"] == "FailedDependency"


def test_parents_come_first(graph, fake):
    """What a parent creates, its child can use, wherever it stands in the list."""
    create = {
        "id": "create",
        "method": "POST",
        "url": "/users",
        "headers": {"Content-Type": "application/json"},
        "body": {
            "accountEnabled": True,
            "displayName": "x",
            "mailNickname": "x",
            "userPrincipalName": "x@managed.example",
            "passwordProfile": {"password": "Correct-Horse-7"},
        },
    }
    answers = _batch(graph, _get("read", "/users/x@managed.example", dependsOn=["create"]), create)
    assert {item["status"] for item in answers.values()} == {200, 201}


def test_twenty_requests_and_no_more(graph):
    """The 21st refuses the whole."""
    assert len(_batch(graph, *(_get(str(number)) for number in range(20)))) == 20
    assert graph("POST", "/$batch", {"requests": [_get(str(number)) for number in range(21)]}).status == 400


@pytest.mark.parametrize(
    "requests",
    [
        [],
        ["x"],
        [{"method": "GET", "url": "/users"}],
        [_get("a"), _get("a")],
        [_get("a", method="TRACE")],
        [_get("a", "")],
        [_get("a", "https://graph.microsoft.com/v1.0/users")],
        [_get("a", "/$batch")],
        [_get("a", dependsOn=["nobody"])],
        [_get("a", dependsOn=["b"]), _get("b", dependsOn=["a"])],
        [_get("a", depends_on=[])],
        [{"id": "a", "method": "PATCH", "url": "/users/x", "body": {"city": "y"}}],
    ],
)
def test_malformed_batches_are_refused_as_a_whole(graph, requests):
    """Missing ids, doubled ids, absolute addresses, circles, unknown members, bodies without a type."""
    assert graph("POST", "/$batch", {"requests": requests}).status == 400


def test_inner_links_start_with_the_outer_base(graph, fake):
    """A page inside a batch leads on at the same base."""
    fake.add_user()
    fake.add_user()
    assert _batch(graph, _get("a", "/users?$top=1"))["a"]["body"]["@odata.nextLink"].startswith(
        "https://graph.microsoft.com/v1.0/users?"
    )


def test_a_request_that_was_not_carried_out_is_answered_in_full(odd_graph):
    """With the headers and the error of any other refusal, its own client-request-id among them."""
    items = [
        {"id": "1", "method": "GET", "url": "/users/nobody"},
        {"id": "2", "method": "GET", "url": "/users", "dependsOn": ["1"], "headers": {"client-request-id": "mine"}},
    ]
    answers = {each["id"]: each for each in odd_graph("POST", "/$batch", {"requests": items}).body["responses"]}
    assert [answers[key]["status"] for key in "12"] == [404, 424]
    assert answers["1"]["headers"].keys() - {"x-ms-resource-unit"} == answers["2"]["headers"].keys()
    assert answers["1"]["body"]["error"].keys() == answers["2"]["body"]["error"].keys()
    assert answers["2"]["body"]["error"]["innerError"]["client-request-id"] == "mine"


def test_answers_with_a_body_say_their_version_of_odata(odd_graph, fake):
    """4.0, whether they come alone, in a batch, or are one."""
    user = fake.add_user()["id"]
    assert odd_graph.get(f"/users/{user}").headers["odata-version"] == "4.0"
    assert "odata-version" not in odd_graph("PATCH", f"/users/{user}", {"jobTitle": "x"}).headers
    answer = odd_graph("POST", "/$batch", {"requests": [{"id": "1", "method": "GET", "url": f"/users/{user}"}]})
    assert answer.headers["odata-version"] == "4.0"
    assert answer.body["responses"][0]["headers"]["OData-Version"] == "4.0"
