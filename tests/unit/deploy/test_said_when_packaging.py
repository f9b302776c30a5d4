"""What packaging tells of the policy that no template can hold."""

from deploy import package
from tests.support import shops


def test_the_domains_whose_agents_need_dmarc_are_named_each_once() -> None:
    said: list[str] = []
    package._say_what_dns_must(shops.FILE, said.append)
    named = [sentence.partition("_dmarc.")[2].partition(" ")[0] for sentence in said]
    assert named == ["kettle.example", "northlight.example"]
