"""What stands in front of the API: how often one may ask, which methods, and nothing of anybody in a log."""

import logging

import pytest

from geo.api.gate import Gate
from geo.api.rate import RateLimiter, visitor
from geo.api.serve import application
from geo.api.service import Service
from tests.unit.api.asgi import ask


class Clock:
    """Seconds that go on when told to."""

    now = 1000.0

    def __call__(self):
        return self.now


async def short(_scope, _receive, send):
    """Answer anything."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def test_beyond_its_requests_a_minute_an_address_waits():
    clock = Clock()
    gate = Gate(short, RateLimiter(3, clock=clock))
    assert [ask(gate, "/nearest").status for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(gate, "/nearest")
    assert refused.headers["retry-after"] == "20"
    assert "Réessayez dans 20 s" in refused.sentence
    assert ask(gate, "/health").status == 200
    assert ask(gate, "/nearest", client="192.0.2.2").status == 200
    clock.now += 19
    assert ask(gate, "/nearest").headers["retry-after"] == "1"
    clock.now += 1
    assert [ask(gate, "/nearest").status for _ in range(2)] == [200, 429]


def test_whoever_waits_as_told_is_answered():
    clock = Clock()
    limiter = RateLimiter(7, clock=clock)
    for _ in range(200):
        wait = limiter.wait_s("192.0.2.1")
        if wait:
            clock.now += wait
            assert limiter.wait_s("192.0.2.1") == 0


def test_an_address_is_forgotten_after_a_minute_and_never_more_than_ten_thousand_are_known():
    clock = Clock()
    limiter = RateLimiter(5, clock=clock)
    for number in range(12_000):
        limiter.wait_s(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    assert len(limiter) == 10_000
    clock.now += 60
    limiter.wait_s("192.0.2.1")
    assert len(limiter) == 1


def test_a_forwarded_address_counts_only_behind_a_proxy():
    told = [("x-forwarded-for", "203.0.113.9, 198.51.100.1")]
    other = [("x-forwarded-for", "203.0.113.9, 198.51.100.2")]
    plain = Gate(short, RateLimiter(1))
    assert [ask(plain, "/", headers=each).status for each in (told, other)] == [200, 429]
    behind = Gate(short, RateLimiter(1), behind_proxy=True)
    assert [ask(behind, "/", headers=each).status for each in (told, other, told)] == [200, 200, 429]
    # What a visitor writes before the proxy does is not believed.
    assert ask(behind, "/", headers=[("x-forwarded-for", "8.8.8.8, 198.51.100.1")]).status == 429
    assert ask(behind, "/", client="192.0.2.7").status == 200


@pytest.mark.parametrize(
    ("address", "known"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("unknown", ""),
        ("x" * 10_000, ""),
    ],
)
def test_who_an_address_is(address, known):
    assert visitor(address) == known


def test_only_questions_are_answered(departement):
    for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW"):
        reply = ask(departement, "/health", method)
        assert (reply.status, reply.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
        assert "ne fait que répondre" in reply.sentence
    options = ask(departement, "/nearest", "OPTIONS")
    assert (options.status, options.body, options.headers["allow"]) == (204, b"", "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("target", ["/health", "/", "/openapi.json", "/nearest", "/coverage", "/nothing"])
def test_head_is_get_without_its_body(departement, target):
    head, get = ask(departement, target, "HEAD"), ask(departement, target)
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")
    assert int(head.headers["content-length"]) == len(get.body)


def test_an_address_that_is_too_long_is_refused(departement):
    reply = ask(departement, "/nearest?commune=" + "x" * 16_000)
    assert (reply.status, "Adresse trop longue" in reply.sentence) == (422, True)


def test_every_answer_forbids_to_keep_it_and_to_load_anything(departement):
    for target in ("/", "/health", "/nothing", "/nearest"):
        headers = ask(departement, target).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]


def test_other_web_sites_ask_only_where_they_are_named(embedded):
    service = Service(embedded)
    origin = [("origin", "https://carte.example")]
    closed = application(service, RateLimiter(100))
    assert "access-control-allow-origin" not in ask(closed, "/health", headers=origin).headers
    opened = application(service, RateLimiter(100), origins=["https://carte.example"])
    assert ask(opened, "/health", headers=origin).headers["access-control-allow-origin"] == "https://carte.example"
    assert (
        "access-control-allow-origin" not in ask(opened, "/health", headers=[("origin", "https://b.example")]).headers
    )
    preflight = ask(opened, "/nearest", "OPTIONS", headers=[*origin, ("access-control-request-method", "GET")])
    assert (preflight.status, "GET" in preflight.headers["access-control-allow-methods"]) == (200, True)


def test_an_error_nobody_expected_is_a_sentence_and_tells_nobody_what_was_asked(embedded, caplog, capfd):
    service = Service(embedded)
    service.near = lambda query: {}[query.commune]
    gate = application(service, RateLimiter(100))
    with caplog.at_level(logging.DEBUG):
        reply = ask(gate, "/nearest?commune=1+rue+secrete")
    assert (reply.status, reply.sentence) == (500, "Le serveur n'a pas pu répondre. Réessayez plus tard.")
    said = caplog.text + "".join(capfd.readouterr())
    assert "KeyError at " in said
    for private in ("secrete", "192.0.2.1", "Traceback"):
        assert private not in said
