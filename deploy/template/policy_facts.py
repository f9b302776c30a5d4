"""Facts of the published policy that the stack needs, as a CloudFormation mapping made from the policy file.
resources.yaml and the functions' rights read it with FindInMap, so that nothing is stated twice."""

from collections.abc import Iterable
from pathlib import Path

from chalicelib.rules.policy import reading
from chalicelib.rules.policy.model import Policy

Mappings = dict[str, dict[str, dict[str, list[str]]]]


def mappings(policy_file: Path) -> Mappings:
    """The template's Mappings section.

    `Domains` are the receipt rule's recipients, `SupportAddresses` the only senders that the functions may use,
    `Origins` the storefronts that may upload from their pages. Raises errors.PolicyMistakes if the policy can't be
    read.
    """
    shops = policy(policy_file).shops.values()
    return {
        "Policy": {
            "Shops": {
                "Domains": _distinct(shop.support.rpartition("@")[2].lower() for shop in shops),
                "SupportAddresses": _distinct(shop.support for shop in shops),
                "Origins": _distinct(origin for shop in shops for origin in shop.origins),
            }
        }
    }


def agents_domains(read: Policy) -> list[str]:
    """The domains of the agents' addresses: their mailed answers count only if these domains publish DMARC."""
    return _distinct(agent.address.rpartition("@")[2].lower() for shop in read.shops.values() for agent in shop.agents)


def policy(policy_file: Path) -> Policy:
    return reading.read(policy_file.read_text(encoding="utf-8"))


def _distinct(values: Iterable[str]) -> list[str]:
    return sorted(set(values))
