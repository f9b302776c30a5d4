"""Products: questions are published, taken back and erased; people wait for one; a passport makes a claim."""

import json

from chalicelib import wiring
from chalicelib.rules.events.sources import Source
from chalicelib.services.orders import order_links
from tests.support.events.bodies import Hook
from tests.support.store.fakes import PUBLIC_URL
from tests.support.web.visitors import press, signed_in
from tests.unit.rights.acting import agent, opened
from tests.unit.rights.scenes.events import keys, post, receives
from tests.unit.rights.scenes.orders import SHOP, TOM, told
from tests.unit.rights.scenes.stage import Stage

TEXT = {"sku": "LAMP-1", "question": "Does it dim?", "text": "Yes, with every dimmer.", "anyway": "true"}


def published(stage: Stage) -> None:
    """A customer agrees and takes it back; another's is published when they are erased."""
    for address in ("asks@example.com", "erased@example.com"):
        ref = opened(stage, address, "Does it dim?")
        agent(stage)("offer_publication", ref, **TEXT)
        stage.flows()
        link = stage.sent(address)[-1].link("/q/")
        assert press(stage.browser, link, {"answer": "agree"}).status_code == 303
        stage.flows()
    assert "Does it dim?" in stage.browser.get(f"/shops/{SHOP}/products/LAMP-1?lang=en").body.decode()
    first = stage.sent("asks@example.com")[-1].link("/q/")
    assert press(stage.browser, first, to=f"{first}/take-back").status_code == 303
    (last,) = stage.refs("erased@example.com")
    agent(stage)("close", last, outcome="settled", reason="By telephone.", anyway="true")
    stage.flows()
    asked = {"shop": SHOP, "email": "erased@example.com", "confirm": "erased@example.com", "reason": "By letter"}
    stage.run("erase_subject", asked)
    assert "Does it dim?" not in stage.browser.get(f"/shops/{SHOP}/products/LAMP-1?lang=en").body.decode()


def waiting(stage: Stage) -> None:
    """People ask to be told, confirm it, are forgotten, exported and erased; the shop and an agent say it is back."""
    links = {}
    for name in ("told", "forgets", "erased"):
        asked = {"email": f"{name}@example.com", "language": "en"}
        assert stage.browser.form(asked, f"/shops/{SHOP}/products/LAMP-2/back").status_code == 303
        links[name] = stage.sent(f"{name}@example.com")[-1].link("/w/")
        assert press(stage.browser, links[name]).status_code == 303
    assert press(stage.browser, links["forgets"], to=f"{links['forgets']}/forget").status_code == 303
    theirs = {"shop": SHOP, "email": "erased@example.com"}
    assert stage.run("export_subject", theirs)["found"]
    stage.run("erase_subject", theirs | {"confirm": theirs["email"], "reason": "By letter"})
    data = {"type": "product.back_in_stock", "timestamp": stage.clock().isoformat(), "data": {"sku": "LAMP-2"}}
    assert post(stage, Hook(Source.OWN, "order_paid", json.dumps(data).encode())) == 200
    receives(stage, keys()[0])
    assert signed_in(stage.browser, TOM).post("/desk/stock", {"shop": SHOP, "sku": "LAMP-2"}).status_code == 303
    stage.run("escalate_overdue", {})
    assert [mail.tags["purpose"] for mail in stage.sent("told@example.com")][-1] == "back_in_stock"


def passport(stage: Stage) -> None:
    """A buyer notes a serial number and makes a claim."""
    order = wiring.deps().orders.order(told(stage, "3001", arrived=True))
    assert order
    url = order_links.passport_url(wiring.deps(), order, "l1").removeprefix(PUBLIC_URL)
    assert press(stage.browser, url, {"serial_number": "SN-1"}, f"{url}/serial").status_code == 303
    assert press(stage.browser, url, {"message": "It broke."}, f"{url}/claim").status_code == 303
    stage.flows()
