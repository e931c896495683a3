"""The incident page without a mouse, and as a screen reader finds it (design, §10 and §11)."""

from playwright.sync_api import expect

from services import lifecycle
from tests.browser.conftest import PageAs, Vigie
from tests.browser.test_incident_life import expect_status

# What axe-core calls button-name, link-name, label, aria-valid-attr-value (references), duplicate-id, region, list.
FAULTS = """() => {
  const seen = (at) => at.getClientRects().length > 0 && !at.closest("[aria-hidden=true]");
  const said = (node) => node.nodeType === 3 || !node.matches?.("[aria-hidden=true], i, svg") ? node.textContent : "";
  const named = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent || "").join("");
  const names = (at) => [
    at.getAttribute("aria-label") || "",
    named(at.getAttribute("aria-labelledby") || ""),
    ...[...(at.labels || [])].map((label) => label.textContent),
    ...[...at.childNodes].map(said),
  ];
  const start = (at) => at.outerHTML.slice(0, 160);
  const faults = [];
  const ROLES = ["button", "radio", "tab", "menuitem", "dialog", "img"].map((role) => `[role=${role}]`);
  for (const at of document.querySelectorAll(["button, a[href], input, textarea, select", ...ROLES].join()))
    if (seen(at) && !names(at).join("").trim()) faults.push("no name: " + start(at));
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls", "for"])
    for (const at of document.querySelectorAll(`[${attribute}]`))
      for (const id of at.getAttribute(attribute).split(" "))
        if (id && !document.getElementById(id)) faults.push(`${attribute} to nothing: ` + start(at));
  const ids = [...document.querySelectorAll("[id]")].map((at) => at.id);
  for (const id of new Set(ids)) if (ids.filter((each) => each === id).length > 1) faults.push("twice: " + id);
  for (const at of document.querySelectorAll("ul > :not(li), ol > :not(li)")) faults.push("no list item: " + start(at));
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  if (!document.documentElement.lang) faults.push("no language");
  return faults;
}"""
SMALL_TARGETS = """(size) => [...document.querySelectorAll("button, a[href], [role=radio], [role=tab]")]
  .filter((at) => at.getClientRects().length && !at.closest("p, li, .vg-rail"))
  .filter((at) => { const box = at.getBoundingClientRect(); return box.height < size || box.width < size; })
  .map((at) => at.outerHTML.slice(0, 160))"""


def test_an_incident_is_taken_held_and_resolved_by_keys_alone(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Tout au clavier", by="chloe").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    expect(alice.get_by_role("toolbar")).to_be_visible()
    alice.keyboard.press("i")
    expect_status(alice, "Assigné")
    alice.keyboard.press("s")
    expect_status(alice, "En cours")
    alice.keyboard.press("i")  # no button has it any more
    expect(alice.locator(".vg-toast--error")).to_contain_text("vous est déjà assigné")

    alice.keyboard.press("h")
    dialog = alice.get_by_role("dialog")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    alice.keyboard.press("r")  # a key of the page means nothing here
    alice.keyboard.press("ArrowRight")
    expect(dialog.get_by_role("radio", name="Fournisseur")).to_be_checked()
    alice.keyboard.press("Tab")
    expect(dialog.get_by_label("Précision")).to_be_focused()
    alice.keyboard.type("Pièce commandée")
    alice.keyboard.press("Control+Enter")
    expect_status(alice, "En attente")
    expect(dialog).to_have_count(0)

    alice.keyboard.press("s")
    expect_status(alice, "En cours")
    alice.keyboard.press("r")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    alice.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    alice.keyboard.press("r")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    alice.keyboard.press("Space")
    alice.keyboard.press("Tab")
    expect(dialog.get_by_label("Résumé de résolution")).to_be_focused()
    alice.keyboard.type("Redémarré, vérifié.")
    alice.keyboard.press("Control+Enter")
    expect_status(alice, "Résolu")


def test_n_and_p_lead_to_the_two_comments_and_control_enter_sends(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Notes", by="chloe").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    expect(alice.get_by_role("tab", name="Note interne")).to_be_visible()
    alice.keyboard.press("p")
    expect(alice.get_by_role("textbox", name="Réponse au déclarant")).to_be_focused()
    alice.keyboard.type("Bonjour")
    alice.keyboard.press("Control+Enter")
    expect(alice.locator(".vg-cm--public")).to_contain_text("Bonjour")
    expect(alice.get_by_role("textbox", name="Réponse au déclarant")).to_be_focused()
    alice.get_by_role("tab", name="Réponse au déclarant").focus()
    alice.keyboard.press("ArrowLeft")
    expect(alice.get_by_role("tab", name="Note interne")).to_be_focused()
    alice.evaluate("document.activeElement.blur()")
    alice.keyboard.press("n")
    expect(alice.get_by_role("textbox", name="Note interne")).to_be_focused()
    expect(alice.get_by_role("tab", name="Note interne")).to_have_attribute("aria-selected", "true")


def test_control_enter_counts_before_the_server_has_heard_of_the_text(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Plus vite que le réseau", by="chloe").reference
    chloe = page_as("chloe")
    chloe.goto(f"/incidents/{reference}")
    field = chloe.get_by_role("textbox", name="Votre message à l’équipe IT")
    expect(field).to_be_visible()
    chloe.wait_for_function("window.did_handshake")  # a key waits two seconds for the server, not for a connection
    field.evaluate(
        """(at) => {
          Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(at, "Collé et envoyé");
          at.dispatchEvent(new Event("input", { bubbles: true }));
          at.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
        }"""
    )
    expect(chloe.locator(".vg-cm")).to_contain_text("Collé et envoyé")


def test_the_cursor_stays_on_the_button_that_becomes_the_next_step(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Curseur", by="chloe").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    first = alice.get_by_role("toolbar").get_by_role("button").first
    first.focus()
    alice.keyboard.press("Enter")
    expect(first).to_have_accessible_name("Démarrer le travail")
    expect(first).to_be_focused()
    alice.keyboard.press("Enter")
    expect(first).to_have_accessible_name("Résoudre")
    expect(first).to_be_focused()
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("dialog")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(first).to_be_focused()


def test_the_arrows_move_in_a_menu_and_escape_leads_back(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Menu", by="chloe").reference
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    opener = alice.get_by_role("button", name="Modifier : Impact")
    opener.focus()
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("menu")).to_be_visible()
    for key, item in (("ArrowDown", "Entreprise"), ("ArrowUp", "Utilisateur unique"), ("ArrowUp", "Client unique")):
        alice.keyboard.press(key)
        expect(alice.get_by_role("menuitemradio", name=item)).to_be_focused()
    alice.keyboard.press("Escape")
    expect(alice.get_by_role("menu")).to_have_count(0)
    expect(opener).to_be_focused()
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("menu")).to_be_visible()
    alice.keyboard.press("ArrowDown")
    alice.keyboard.press("Enter")
    expect(alice.locator(".vg-imeta")).to_contain_text("Entreprise")


def test_everything_on_the_page_and_in_its_dialogs_has_a_name(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Noms", by="chloe", impact="enterprise").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    alice = page_as("alice")
    alice.goto(f"/incidents/{reference}")
    expect(alice.get_by_role("toolbar")).to_be_visible()
    assert alice.evaluate(FAULTS) == []
    assert alice.evaluate(SMALL_TARGETS, 24) == []
    for key in "rhea":
        alice.keyboard.press(key)
        dialog = alice.get_by_role("dialog")
        expect(dialog).to_be_visible()
        expect(dialog.locator(":focus")).to_have_count(1)
        assert (key, alice.evaluate(FAULTS)) == (key, [])
        alice.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    alice.get_by_role("button", name="Modifier : Sévérité").click()
    expect(alice.get_by_role("menu")).to_contain_text("Fonctionnalité majeure indisponible")
    assert alice.evaluate(FAULTS) == []


def test_a_phone_has_the_next_step_and_the_others_in_a_menu_within_reach(vigie: Vigie, page_as: PageAs) -> None:
    reference = vigie.create("Au téléphone", by="chloe").reference
    lifecycle.take_and_start(vigie.actors["alice"], reference)
    phone = page_as("alice", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone.goto(f"/incidents/{reference}")
    bar = phone.get_by_role("toolbar")
    expect(bar.get_by_role("button")).to_have_count(2)
    box = bar.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 844
    frame, send = (
        each.bounding_box()
        for each in (phone.locator(".vg-cmp"), phone.get_by_role("button", name="Ajouter la note interne"))
    )
    assert frame is not None
    assert send is not None
    assert send["x"] + send["width"] <= frame["x"] + frame["width"]  # whole, and not cut at the screen's edge
    bar.get_by_role("button", name="Autres actions").tap()
    expect(phone.get_by_role("menuitem")).to_have_text(
        ["pauseMettre en attente", "stairsEscalader", "group_addRéassigner"]
    )
    phone.get_by_role("menuitem", name="Mettre en attente").tap()
    expect(phone.get_by_role("dialog")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert phone.evaluate(FAULTS) == []
