"""What pages keep on a tablet and on a phone."""

from playwright.sync_api import Page, expect

from data.vocabulary import ItemKind
from services import affected, cmdb, desk_settings
from tests.browser.conftest import PageAs, Vigie

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FINGER = 44


def heights(page: Page, selector: str) -> list[float]:
    expect(page.locator(selector).first).to_be_visible()
    found: list[float] = page.eval_on_selector_all(
        selector,
        "all => all.map((each) => each.getBoundingClientRect()).filter((box) => box.width).map((box) => box.height)",
    )
    return found


def test_no_list_scrolls_sideways_on_a_tablet(page_as: PageAs) -> None:
    page = page_as("emile", viewport={"width": 820, "height": 1180}, has_touch=True)
    for path in (
        "/cmdb/assets",
        "/cmdb/applications",
        "/cmdb/employees",
        "/cmdb/clients",
        "/admin/users",
        "/admin/teams",
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 820, path


def test_boxes_and_the_ways_at_the_door_are_as_high_as_a_finger(vigie: Vigie, page_as: PageAs, page_of: PageAs) -> None:
    alice = page_as("alice", **PHONE)
    alice.goto("/me")
    assert min(heights(alice, ".q-checkbox")) >= FINGER
    stranger = page_of(vigie, **PHONE)
    stranger.goto("/login")
    assert min(heights(stranger, ".vg-auth summary, .vg-auth p > a, .vg-auth .vg-field__peek")) >= FINGER


def test_the_actions_above_an_incident_share_a_line_on_a_phone(vigie: Vigie, page_as: PageAs) -> None:
    desk_settings.save(vigie.actors["emile"], {"catalogue_address": "https://services.example.org"})
    reference = vigie.create("Clavier perdu").reference
    alice = page_as("alice", **PHONE)
    alice.goto(f"/incidents/{reference}")
    tops = []
    for name in ("C’est une demande de service", "Comprendre le parcours"):
        box = alice.get_by_role("button", name=name).bounding_box()
        assert box
        tops.append(box["y"])
    assert tops[0] == tops[1]


def test_how_many_are_affected_is_read_in_a_narrow_list(vigie: Vigie, page_as: PageAs) -> None:
    name = "Progiciel de gestion des stocks et des expéditions"
    stocks = cmdb.create(vigie.actors["emile"], ItemKind.APPLICATIONS, {"name": name})
    reference = vigie.create("Stocks bloqués", by="alice", links={"applications": [stocks.id]}).reference
    for person in ("bruno", "chloe"):
        affected.join(vigie.actors["alice"], reference, person=person)
    page = page_as("alice", viewport={"width": 800, "height": 900})
    page.goto("/incidents?q=stocks")
    count = page.locator(".vg-tr .vg-c-people")
    expect(count).to_be_visible()
    assert count.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_the_signs_of_a_card_grow_with_the_letters_of_the_phone(vigie: Vigie, page_as: PageAs) -> None:
    """Whoever reads large letters reads priority, status and what is left in them as well."""
    vigie.create("Écran noir", by="chloe")
    page = page_as("alice", **PHONE)
    page.goto("/m?list=all")
    expect(page.locator(".vg-mcard").first).to_be_visible()
    page.evaluate("document.documentElement.style.fontSize = '150%'")
    for sign in (".vg-prio", ".vg-sla__time", ".vg-sla__kind"):
        size = page.locator(f".vg-mcard {sign}").first.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")
        assert size >= 19, sign
