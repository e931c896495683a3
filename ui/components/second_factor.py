"""The second factor on one's own account: adding it, its recovery codes, removing it."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import segno
from nicegui import ui
from nicegui.element import Element

from services import i18n, second_factor
from services.errors import DeskError, Invalid
from services.second_factor import Factor, Offer
from ui import calls
from ui.components.copy_button import copy_button
from ui.components.toasts import toast
from ui.dialog import Dialog
from ui.elements import Kind, button, card, el, icon, link_button, note, once, set_attributes
from ui.fields import Field, password_field, show_errors, text_field
from ui.session import OWN_ACCOUNT
from ui.tokens import LIGHT
from ui.viewer import Viewer

FEW = 2  # recovery codes left of which the page warns

Then = Callable[[], None]


def second_factor_card(viewer: Viewer, factor: Factor) -> None:
    """What there is, and the buttons that change it; stands in the current container."""
    with (
        card(viewer.t("second_factor.title"), icon="phonelink_lock"),
        el("div", "vg-stack vg-stack--s vg-me__sessions") as root,
    ):
        if factor.since is None:
            el("p", "vg-soft", viewer.t("second_factor.help"))

            async def start() -> None:
                offer = await calls.perform(viewer, second_factor.offer, viewer.actor)
                if offer is not None:
                    _ask_enrolment(viewer, offer, root)

            button(viewer.t("second_factor.add"), icon="add", on_click=start)
            return
        with el("p", "vg-row vg-row--wrap"):
            with el("span", "vg-check vg-check--done"):
                icon("verified_user")
                el("span", "", viewer.t("second_factor.since", at=viewer.full_date(factor.since)))
            el("span", "vg-muted", viewer.t("second_factor.left", n=factor.left))
        if factor.left <= FEW:
            note(viewer.t("second_factor.few"), icon="warning")
        if factor.required:
            el("p", "vg-soft", viewer.t("second_factor.is_required"))

        def renew() -> None:
            with root:
                _Proof(viewer, "renew", lambda **given: _renew(viewer, **given)).open()

        def remove() -> None:
            with root:
                _Proof(viewer, "remove", lambda **given: _remove(viewer, **given)).open()

        with el("div", "vg-row vg-row--wrap"):
            button(viewer.t("second_factor.renew"), icon="key", on_click=renew)
            if not factor.required:
                button(viewer.t("second_factor.remove"), on_click=remove)


def enrolment_card(viewer: Viewer, offer: Offer, then: Then) -> None:
    """The same for somebody who has to add one before anything else."""
    with card(viewer.t("second_factor.title"), icon="phonelink_lock"), el("div", "vg-stack") as root:
        enrolment = Enrolment(viewer, offer)

        async def save() -> None:
            made = await enrolment.save()
            if made is not None:
                with root:
                    show_recovery_codes(viewer, made, then)

        with el("div", "vg-row"):
            save_it = button(viewer.t("second_factor.confirm"), icon="check", kind="primary", submit=True)
        _saves(save_it, enrolment.fields, save)


class Enrolment:
    """The QR code, the same in letters, and the fields that prove that both password and telephone are at hand."""

    def __init__(self, viewer: Viewer, offer: Offer) -> None:
        self._viewer, self._offer = viewer, offer
        locale, t = viewer.locale, viewer.t
        code = segno.make(offer.address, error="l", micro=False)
        # Dark on light in both themes: that is what cameras read.
        picture = code.svg_data_uri(border=4, scale=4, dark=LIGHT["ink"], light=LIGHT["surface"])
        with el("div", "vg-enrol", data_submit_area=""):
            with el("div", "vg-enrol__scan"):
                el("img", "vg-enrol__qr", src=picture, alt=t("second_factor.qr"), width=196, height=196)
                el("p", "vg-muted", t("second_factor.by_hand"))
                with el("div", "vg-row vg-enrol__secret"):
                    letters = " ".join(offer.secret[at : at + 4] for at in range(0, len(offer.secret), 4))
                    el("code", "vg-mono vg-grow", letters)
                    copy_button(t("second_factor.copy_key"), offer.secret, lambda: toast(t("users.copied")))
            with el("div", "vg-stack vg-enrol__steps"):
                el("p", "vg-soft", t("second_factor.scan"))
                self.fields: dict[str, Field] = {
                    "code": code_field(viewer, t("second_step.app_code"), autofocus=True),
                    "current": password_field(t("me.current_password"), locale=locale, required=True),
                }

    async def save(self) -> tuple[str, ...] | None:
        """The recovery codes of an account that has a second factor now; None where something was wrong."""
        code, password = (self.fields[name].value or "" for name in ("code", "current"))
        viewer, secret = self._viewer, self._offer.secret
        asked = calls.write(second_factor.add, viewer.actor, secret, password=password, code=code)
        return await _answered(viewer, self.fields, asked)


def _ask_enrolment(viewer: Viewer, offer: Offer, root: Element) -> None:
    with root:
        title, sub = viewer.t("second_factor.add"), viewer.t("second_factor.add_help")
        dialog = Dialog(title, sub, locale=viewer.locale, width=680)
    with dialog:
        enrolment = Enrolment(viewer, offer)

    async def save() -> None:
        made = await enrolment.save()
        if made is not None:
            with root:
                show_recovery_codes(viewer, made, lambda: ui.navigate.to(OWN_ACCOUNT))
            dialog.close()

    with dialog.foot:
        button(viewer.t("action.cancel"), kind="quiet", on_click=dialog.close)
        save_it = button(viewer.t("second_factor.confirm"), icon="check", kind="primary", submit=True)
    _saves(save_it, enrolment.fields, save)
    dialog.open()


def show_recovery_codes(viewer: Viewer, made: tuple[str, ...], then: Then) -> None:
    """The codes are in front of the page, this once; `then` follows once they are closed, however they are."""
    text = "\n".join(made)
    dialog = Dialog(viewer.t("second_factor.codes"), viewer.t("second_factor.codes_help"), locale=viewer.locale)
    with dialog:
        with el("ul", "vg-codes"):
            for each in made:
                el("li", "vg-mono", each)
        with el("div", "vg-row vg-row--wrap"):
            address = f"data:text/plain;charset=utf-8,{quote(text)}"
            link = link_button(viewer.t("second_factor.download"), address, icon="download")
            set_attributes(link, download="vigie-codes.txt")
            copy_button(viewer.t("second_factor.copy_codes"), text, lambda: toast(viewer.t("users.copied")))
    with dialog.foot:
        button(viewer.t("users.noted"), kind="primary", on_click=dialog.close)
    dialog.then(then)
    dialog.open()


class _Proof:
    """Password and code, asked for before `change` is called with them."""

    def __init__(self, viewer: Viewer, what: str, change: Callable[..., Awaitable[tuple[str, ...]]]) -> None:
        self._viewer, self._change, t = viewer, change, viewer.t
        self._root = ui.context.slot.parent
        title, sub = t(f"second_factor.{what}"), t(f"second_factor.{what}_help")
        self._dialog = Dialog(title, sub, locale=viewer.locale)
        with self._dialog, el("div", "vg-stack"):
            self._fields: dict[str, Field] = {
                "current": password_field(t("me.current_password"), locale=viewer.locale, required=True),
                "code": code_field(viewer, t("second_factor.any_code"), digits=False),
            }
        set_attributes(self._fields["current"].control, autofocus=True)
        with self._dialog.foot:
            button(t("action.cancel"), kind="quiet", on_click=self._dialog.close)
            kind: Kind = "danger" if what == "remove" else "primary"
            save_it = button(t(f"second_factor.{what}_now"), kind=kind, submit=True)
        _saves(save_it, self._fields, self._save)

    def open(self) -> None:
        """The dialog is in front of the page."""
        self._dialog.open()

    async def _save(self) -> None:
        given = {"password": self._fields["current"].value or "", "code": self._fields["code"].value or ""}
        made = await _answered(self._viewer, self._fields, self._change(**given))
        if made is None:
            return
        if made:
            with self._root:
                show_recovery_codes(self._viewer, made, lambda: ui.navigate.to(OWN_ACCOUNT))
            self._dialog.close()
        else:
            ui.navigate.to(OWN_ACCOUNT)


def _saves(made: ui.button, fields: dict[str, Field], save: Callable[[], Awaitable[None]]) -> None:
    """The button saves, and so does Enter in a field."""
    press = once(made, save)
    made.on("click", press, [])
    for field in fields.values():
        field.control.on("keydown.enter", press, [])


async def _renew(viewer: Viewer, **given: str) -> tuple[str, ...]:
    return await calls.write(second_factor.renew_codes, viewer.actor, **given)


async def _remove(viewer: Viewer, **given: str) -> tuple[str, ...]:
    await calls.write(second_factor.remove, viewer.actor, **given)
    return ()


def code_field(viewer: Viewer, label: str, *, digits: bool = True, autofocus: bool = False) -> Field:
    """Where a code is typed; `digits`: six of them, and no recovery code."""
    field = text_field(label, locale=viewer.locale, required=True, max_length=8 if digits else 16, autofocus=autofocus)
    field.control.props("autocomplete=one-time-code spellcheck=false")
    if digits:
        field.control.props("inputmode=numeric")
    field.root.classes("vg-codefield")
    return field


async def _answered(
    viewer: Viewer, fields: dict[str, Field], asked: Awaitable[tuple[str, ...]]
) -> tuple[str, ...] | None:
    """What was asked for; None where it was refused, which the fields or a toast say."""
    try:
        made = await asked
    except Invalid as invalid:
        show_errors(fields, i18n.field_sentences(invalid, viewer.locale))
        return None
    except DeskError as refusal:
        toast(i18n.error_sentence(refusal, viewer.locale), error=True)
        return None
    show_errors(fields, {})
    return made
