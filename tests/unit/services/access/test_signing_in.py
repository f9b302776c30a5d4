"""Sign-in by a mailed link: once, within ten minutes, for agents only, without revealing who is one; and the desk's
sessions."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Forbidden, InvalidFields, InvalidLink, NotSignedIn, RateLimited
from chalicelib.rules.access import sessions
from chalicelib.rules.access.sessions import Session
from chalicelib.rules.intake import limits
from chalicelib.services.access import signing_in
from tests.support.store.fakes import PUBLIC_URL, START, World, refusing, secret_of
from tests.support.store.fakes import world as new_world

ADA, ROBIN, STRANGER = "ada@northlight.example", "robin@kettle.example", "mira@example.com"
SOURCE = "192.0.2.7"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."


def ask(world: World, address: str = ADA, source: str = SOURCE, return_to: str = "", language: str = "en") -> None:
    signing_in.ask(world.deps, address, source, return_to, language)


def token_in(world: World) -> str:
    found = re.search(rf"{re.escape(PUBLIC_URL)}/desk/in\?t=([\w-]+)\s", world.mailer.sent[-1].text)
    assert found
    return found[1]


def signed_in(world: World, address: str = ADA) -> str:
    return signing_in.begin(world.deps, address)


def stored(world: World, cookie: str) -> Session:
    return world.store.sessions[sessions.digest(cookie.partition(".")[0])]


class TestRequestingALink:
    def test_an_agent_gets_a_link_from_their_shop(self, world: World) -> None:
        ask(world, " ADA@northlight.example ")
        (mail,) = world.mailer.sent
        assert (mail.sender, mail.recipient) == ("care@help.northlight.example", ADA)
        assert mail.mail["Auto-Submitted"] == "auto-generated"
        assert "10 minutes" in mail.text
        assert list(world.mailer.tags.values()) == [{"purpose": "sign_in"}]

    def test_agents_of_every_shop_get_a_link(self, world: World) -> None:
        ask(world, ROBIN)
        assert [mail.sender for mail in world.mailer.sent] == ["help@care.kettle.example"]

    def test_the_mail_is_in_the_language_of_the_page(self, world: World) -> None:
        ask(world, language="de")
        ask(world, language="xx")
        assert ["Minuten" in mail.text for mail in world.mailer.sent] == [True, False]

    def test_a_stranger_gets_no_mail_and_costs_the_same_requests(self, world: World) -> None:
        ask(world, STRANGER)
        asked = world.store.requests[:]
        assert world.mailer.sent == []
        assert world.store.sign_ins
        ask(world)
        assert world.store.requests == asked * 2

    def test_a_strangers_record_has_no_address_and_cannot_sign_in(self, world: World) -> None:
        ask(world, STRANGER)
        (kept,) = world.store.sign_ins.values()
        assert kept.address == ""
        with pytest.raises(Forbidden):
            signing_in.begin(world.deps, kept.address)

    def test_the_table_holds_no_token(self, world: World) -> None:
        ask(world)
        assert token_in(world) not in repr(world.store.sign_ins)

    @pytest.mark.parametrize(
        ("address", "code"), [("", "missing"), ("ada", "not_an_address"), ("a@b\nc", "not_an_address")]
    )
    def test_a_malformed_address_is_reported(self, world: World, address: str, code: str) -> None:
        with pytest.raises(InvalidFields) as refused:
            ask(world, address)
        assert refused.value.codes == {"email": code}

    def test_a_failing_mail_does_not_reveal_that_the_address_is_known(self, world: World) -> None:
        world.mailer.failing = refusing(passing=True)
        ask(world)
        assert world.mailer.sent == []

    @pytest.mark.parametrize("address", [ADA, STRANGER])
    def test_the_limit_per_address_and_source_is_the_same_for_known_and_unknown(
        self, world: World, address: str
    ) -> None:
        for number in range(limits.SIGN_INS_BY_BOTH):
            ask(world, address.upper() if number else address)
        with pytest.raises(RateLimited):
            ask(world, address)
        world.clock.advance(hours=1)
        ask(world, address)

    @pytest.mark.parametrize("address", [ADA, STRANGER])
    def test_mails_to_an_address_are_limited_without_a_visible_difference(self, world: World, address: str) -> None:
        asked = []
        for number in range(limits.SIGN_INS_BY_ADDRESS + 3):
            world.store.requests.clear()
            ask(world, address.upper() if number else address, f"192.0.2.{number}")
            asked.append(world.store.requests[:])
        assert len(world.mailer.sent) == (limits.SIGN_INS_BY_ADDRESS if address == ADA else 0)
        assert len(world.store.sign_ins) == limits.SIGN_INS_BY_ADDRESS
        assert asked[-1] == asked[-2]

    @pytest.mark.parametrize("every", [15, 59, 100])
    def test_an_agent_can_sign_in_while_others_request_links_in_their_name(self, world: World, every: int) -> None:
        """Others request from as many sources as they need. Whenever the agent asks, they have a link that works for
        minutes."""
        source = (f"198.51.{high}.{low}" for high in range(200) for low in range(250))
        for second in range(0, 2400, every):
            ask(world, ADA, next(source))
            if second % (every * 7) == 0:
                ask(world, ADA, f"2001:db8:{second:x}::1")
                world.clock.advance(minutes=3)
                assert signing_in.usable(world.deps, token_in(world))
                if second % (every * 21) == 0:
                    assert signing_in.redeem(world.deps, token_in(world))
            world.clock.advance(seconds=every)
        hours = (world.clock() - START) / timedelta(hours=1)
        assert len(world.mailer.sent) <= 60 * hours + limits.SIGN_INS_BY_ADDRESS

    def test_the_limit_per_source_counts_all_addresses(self, world: World) -> None:
        for number in range(limits.SIGN_INS_BY_SOURCE):
            ask(world, f"{number}@example.com")
        with pytest.raises(RateLimited):
            ask(world)

    def test_a_strangers_requests_do_not_use_up_the_agents_own_limit(self, world: World) -> None:
        for _ in range(limits.SIGN_INS_BY_BOTH):
            ask(world, ADA, "198.51.100.9")
        for _ in range(2):
            with pytest.raises(RateLimited):
                ask(world, ADA.upper(), "198.51.100.9")
        for _ in range(limits.SIGN_INS_BY_BOTH):
            ask(world, ADA)

    def test_limits_can_be_off(self) -> None:
        world = new_world(limits_on=False)
        for _ in range(limits.SIGN_INS_BY_ADDRESS + 1):
            ask(world)


class TestTheLink:
    def test_the_link_signs_in_and_returns_to_the_page(self, world: World) -> None:
        ask(world, return_to="/desk/t/NL-7K3F9-QXMT2")
        assert signing_in.usable(world.deps, token_in(world))
        cookie, return_to = signing_in.redeem(world.deps, token_in(world))
        assert return_to == "/desk/t/NL-7K3F9-QXMT2"
        assert signing_in.authenticate(world.deps, cookie).session.address == ADA

    def test_the_link_never_leads_to_another_site(self, world: World) -> None:
        ask(world, return_to="https://evil.example")
        assert signing_in.redeem(world.deps, token_in(world))[1] == "/desk"

    def test_a_get_request_does_not_use_up_the_link(self, world: World) -> None:
        ask(world)
        assert all(signing_in.usable(world.deps, token_in(world)) for _ in range(3))

    def test_the_link_signs_in_once(self, world: World) -> None:
        ask(world)
        token = token_in(world)
        signing_in.redeem(world.deps, token)
        assert not signing_in.usable(world.deps, token)
        with pytest.raises(InvalidLink):
            signing_in.redeem(world.deps, token)
        assert len(world.store.sessions) == 1

    def test_the_link_expires_after_ten_minutes(self, world: World) -> None:
        ask(world)
        world.clock.advance(minutes=10)
        assert not signing_in.usable(world.deps, token_in(world))
        with pytest.raises(InvalidLink):
            signing_in.redeem(world.deps, token_in(world))

    def test_the_link_of_a_former_agent_signs_nobody_in(self, world: World) -> None:
        ask(world)
        world.with_shop(agents=world.shop.agents[1:])
        with pytest.raises(Forbidden):
            signing_in.redeem(world.deps, token_in(world))

    @given(st.data())
    def test_a_wrong_token_signs_nobody_in(self, data: st.DataObject) -> None:
        world = new_world()
        ask(world)
        token = token_in(world)
        other = data.draw(tampered(token) | st.text(max_size=60))
        if other == token:
            return
        assert not signing_in.usable(world.deps, other)
        with pytest.raises(InvalidLink):
            signing_in.redeem(world.deps, other)
        assert signing_in.usable(world.deps, token)


def tampered(text: str) -> st.SearchStrategy[str]:
    """The text with one letter changed, removed or inserted."""
    places = st.tuples(st.integers(0, len(text) - 1), st.sampled_from(LETTERS), st.sampled_from("cli"))
    return places.map(
        lambda p: {
            "c": text[: p[0]] + p[1] + text[p[0] + 1 :],
            "l": text[: p[0]] + text[p[0] + 1 :],
            "i": text[: p[0]] + p[1] + text[p[0] :],
        }[p[2]]
    )


class TestSessions:
    def test_an_agent_has_their_shops_and_roles(self, world: World) -> None:
        holder = signing_in.authenticate(world.deps, signed_in(world, "tom@northlight.example"))
        assert {shop: agent.role for shop, agent in holder.agents.items()} == {"northlight": "owner"}
        assert holder.cookie == ""

    def test_roles_come_from_the_current_policy(self, world: World) -> None:
        cookie = signed_in(world)
        agents = [replace(agent, role="admin") for agent in world.shop.agents]
        world.with_shop(agents=tuple(agents))
        assert signing_in.authenticate(world.deps, cookie).agents["northlight"].role == "admin"

    def test_an_agent_removed_from_the_policy_is_signed_out_at_once(self, world: World) -> None:
        cookie = signed_in(world)
        world.with_shop(agents=tuple(agent for agent in world.shop.agents if agent.address != ADA))
        with pytest.raises(NotSignedIn):
            signing_in.authenticate(world.deps, cookie)

    def test_the_table_holds_neither_session_id_nor_key(self, world: World) -> None:
        cookie = signed_in(world)
        assert not [part for part in cookie.split(".") if part in repr(world.store.sessions)]

    def test_a_page_costs_two_reads(self, world: World) -> None:
        cookie = signed_in(world)
        world.store.requests.clear()
        signing_in.authenticate(world.deps, cookie)
        assert world.store.requests == ["read", "read"]

    def test_a_key_is_renewed_after_half_an_hour_of_use(self, world: World) -> None:
        cookie = signed_in(world)
        world.clock.advance(minutes=30)
        holder = signing_in.authenticate(world.deps, cookie)
        assert holder.cookie not in ("", cookie)
        assert signing_in.authenticate(world.deps, holder.cookie).cookie == ""

    def test_a_forms_csrf_token_stays_valid_when_the_key_is_renewed(self, world: World) -> None:
        cookie = signed_in(world)
        before = signing_in.authenticate(world.deps, cookie).csrf
        world.clock.advance(minutes=30)
        holder = signing_in.authenticate(world.deps, cookie)
        assert holder.csrf == before == signing_in.authenticate(world.deps, holder.cookie).csrf

    def test_a_lost_response_with_the_new_key_signs_nobody_out(self, world: World) -> None:
        cookie = signed_in(world)
        world.clock.advance(minutes=31)
        lost = signing_in.authenticate(world.deps, cookie).cookie
        for minutes in (0, 1, 45):
            world.clock.advance(minutes=minutes)
            assert signing_in.authenticate(world.deps, cookie).cookie == lost != ""
        assert signing_in.authenticate(world.deps, lost).session.address == ADA

    def test_the_first_use_of_a_new_key_is_written_once(self, world: World) -> None:
        cookie = signed_in(world)
        world.clock.advance(minutes=30)
        new = signing_in.authenticate(world.deps, cookie).cookie
        world.store.requests.clear()
        for _ in range(2):
            signing_in.authenticate(world.deps, new)
        assert world.store.requests == ["read", "read", "write", "read", "read"]

    def test_after_a_rotation_the_lost_new_key_is_not_derived_again(self, world: World) -> None:
        cookie = signed_in(world)
        world.clock.advance(minutes=30)
        assert signing_in.authenticate(world.deps, cookie).cookie
        assert signing_in.authenticate(replace(world.deps, secret=secret_of("another secret")), cookie).cookie == ""

    def test_requests_with_the_old_key_are_accepted_for_a_minute(self, world: World) -> None:
        cookie = signed_in(world)
        world.clock.advance(minutes=30)
        signing_in.authenticate(world.deps, signing_in.authenticate(world.deps, cookie).cookie)
        world.clock.advance(seconds=59)
        assert signing_in.authenticate(world.deps, cookie).cookie == ""

    def test_a_reused_old_key_ends_the_session_for_everybody(self, world: World) -> None:
        cookie = signed_in(world)
        world.clock.advance(minutes=30)
        new = signing_in.authenticate(world.deps, cookie).cookie
        signing_in.authenticate(world.deps, new)
        world.clock.advance(seconds=60)
        for either in (cookie, new):
            with pytest.raises(NotSignedIn):
                signing_in.authenticate(world.deps, either)

    def test_of_two_requests_at_once_one_renews_the_key(self, world: World) -> None:
        cookie = signed_in(world)
        world.clock.advance(minutes=30)
        before = stored(world, cookie)
        first = signing_in.authenticate(world.deps, cookie)
        after = stored(world, cookie)
        # The second request had read the session before the first renewed it.
        world.store.session = lambda id: before  # type: ignore[method-assign]
        second = signing_in.authenticate(world.deps, cookie)
        assert (bool(first.cookie), second.cookie) == (True, "")
        assert stored(world, cookie) == after

    def test_a_session_ends_after_twelve_hours_even_when_used(self, world: World) -> None:
        cookie = signed_in(world)
        for _ in range(23):
            world.clock.advance(minutes=31)
            cookie = signing_in.authenticate(world.deps, cookie).cookie
        world.clock.advance(minutes=7)
        with pytest.raises(NotSignedIn):
            signing_in.authenticate(world.deps, cookie)

    def test_signing_out_ends_the_session_for_both_keys(self, world: World) -> None:
        cookie, other = signed_in(world), signed_in(world)
        world.clock.advance(minutes=30)
        holder = signing_in.authenticate(world.deps, cookie)
        signing_in.sign_out(world.deps, holder)
        for key in (cookie, holder.cookie):
            with pytest.raises(NotSignedIn):
                signing_in.authenticate(world.deps, key)
        assert signing_in.authenticate(world.deps, other)

    def test_signing_out_succeeds_after_a_concurrent_renewal(self, world: World) -> None:
        cookie = signed_in(world)
        holder = signing_in.authenticate(world.deps, cookie)
        world.clock.advance(minutes=30)
        renewed = signing_in.authenticate(world.deps, cookie).cookie
        signing_in.sign_out(world.deps, holder)
        with pytest.raises(NotSignedIn):
            signing_in.authenticate(world.deps, renewed)

    def test_signing_out_everywhere_ends_only_this_agents_sessions(self, world: World) -> None:
        own, others = [signed_in(world) for _ in range(3)], signed_in(world, "tom@northlight.example")
        signing_in.sign_out(world.deps, signing_in.authenticate(world.deps, own[0]), everywhere=True)
        for cookie in own:
            with pytest.raises(NotSignedIn):
                signing_in.authenticate(world.deps, cookie)
        assert signing_in.authenticate(world.deps, others)
        world.clock.advance(seconds=1)
        assert signing_in.authenticate(world.deps, signed_in(world))

    def test_signing_out_everywhere_ends_links_mailed_before(self, world: World) -> None:
        ask(world)
        old = token_in(world)
        world.clock.advance(seconds=1)
        signing_in.sign_out(world.deps, signing_in.authenticate(world.deps, signed_in(world)), everywhere=True)
        with pytest.raises(InvalidLink):
            signing_in.redeem(world.deps, old)
        world.clock.advance(seconds=1)
        ask(world)
        assert signing_in.redeem(world.deps, token_in(world))

    @given(st.data())
    def test_a_tampered_cookie_is_refused(self, data: st.DataObject) -> None:
        world = new_world()
        cookie = signed_in(world)
        other = data.draw(tampered(cookie) | st.text(max_size=100))
        if other == cookie:
            return
        with pytest.raises(NotSignedIn):
            signing_in.authenticate(world.deps, other)
        assert signing_in.authenticate(world.deps, cookie)

    def test_parts_of_two_sessions_do_not_make_a_session(self, world: World) -> None:
        one, two = signed_in(world).split("."), signed_in(world, ROBIN).split(".")
        for cookie in (f"{one[0]}.{two[1]}", f"{one[1]}.{one[0]}"):
            with pytest.raises(NotSignedIn):
                signing_in.authenticate(world.deps, cookie)


def test_a_link_lives_ten_minutes() -> None:
    assert timedelta(minutes=10) == sessions.LINK_LIFE
