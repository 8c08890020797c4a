"""How often an id may ask: each kind by itself, and a request that is refused does not count."""

from __future__ import annotations

from search_service.rate_limit import RateLimiter, client_key


def test_each_id_is_counted_by_itself() -> None:
    limiter = RateLimiter(address=2)
    assert [limiter.hit(address="192.0.2.1") for _ in range(2)] == [0, 0]
    assert 1 <= limiter.hit(address="192.0.2.1") <= 60
    assert limiter.hit(address="192.0.2.2") == 0


def test_of_several_kinds_each_has_to_allow_and_a_refusal_counts_for_none() -> None:
    limiter = RateLimiter(person=1, channel=2)
    assert limiter.hit(person="ada", channel="general") == 0
    assert all(limiter.hit(person="ada", channel="general") for _ in range(3))
    assert limiter.hit(person="bruno", channel="general") == 0
    assert limiter.hit(person="carla", channel="general") > 0
    assert limiter.hit(person="carla", channel="other") == 0


def test_a_dear_request_counts_as_several_and_can_always_be_made_once() -> None:
    limiter = RateLimiter(address=10)
    assert limiter.hit(6, address="a") == 0
    assert limiter.hit(6, address="a") > 0
    assert limiter.hit(4, address="a") == 0
    assert limiter.hit(1000, address="b") == 0
    assert limiter.hit(1, address="b") > 0


def test_waiting_is_not_counted() -> None:
    limiter = RateLimiter(address=1)
    assert [limiter.wait(address="a") for _ in range(3)] == [0, 0, 0]
    assert limiter.hit(address="a") == 0
    assert limiter.wait(address="a") > 0


def test_the_network_of_an_ipv6_address_is_counted_as_one() -> None:
    assert client_key("2001:db8::1") == client_key("2001:db8::ffff:1") == "2001:db8::/64"
    assert client_key("2001:db8:0:1::1") == "2001:db8:0:1::/64"
    assert client_key("::ffff:192.0.2.1") == "192.0.2.1"
    assert client_key("unix:") == "unix:"
