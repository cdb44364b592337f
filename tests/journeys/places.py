"""Every page of the portal, once: its name, who stands there, and the way to it."""

from itertools import count

from playwright.sync_api import Page, expect

from portal.identity.invitations import USUAL_GRANTS, Place
from portal.models.account import InvitationKind
from tests.journeys import (
    access_log_pages,
    answering_pages,
    booking_pages,
    calendar_import_pages,
    calendar_pages,
    carers_pages,
    circle_pages,
    companions_pages,
    consent_pages,
    directory_import_pages,
    directory_pages,
    education_pages,
    lost,
    messages_pages,
    needs_pages,
    own_account,
    phones,
    programme_pages,
    programme_team_pages,
    protections,
    reminder_pages,
    review_pages,
    rights_pages,
    series_pages,
    sheets,
    team_pages,
    upkeep_pages,
    work_pages,
    workday_pages,
    workshop_pages,
    writing_pages,
)
from tests.journeys.acts import NEW_PASSWORD, give_password, open_switcher
from tests.journeys.conftest import Browse
from tests.journeys.server import RunningPortal
from tests.journeys.spots import Spot

_strangers = count(1)


def _at(
    name: str, heading: str, persona: str | None, path: str, patient: str = "", **visit: str
) -> Spot:
    """A page that an address leads to; `{p}` is the patient, `{visit}` one appointment."""

    def opened(browse: Browse, relais: RunningPortal) -> Page:
        page = browse(persona)
        ids = {"p": relais.patient(patient)} if patient else {}
        if visit:
            ids["visit"] = relais.visit(patient, **visit)
        page.goto(path.format(**ids))
        return page

    return Spot(name, heading, opened)


def a_switcher(browse: Browse, relais: RunningPortal) -> Page:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Jeanne')}/")
    open_switcher(page)
    return page


def a_form_with_mistakes(browse: Browse, _relais: RunningPortal) -> Page:
    page = browse()
    give_password(page, "not an address", "")
    return page


def a_code(browse: Browse, _relais: RunningPortal) -> Page:
    page = browse()
    give_password(page, "haddad@example.org")
    page.wait_for_url("**/sign-in/code")
    return page


def a_refused_code(browse: Browse, relais: RunningPortal) -> Page:
    page = a_code(browse, relais)
    page.get_by_role("textbox").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def a_recovery(browse: Browse, relais: RunningPortal) -> Page:
    page = a_code(browse, relais)
    page.goto("/sign-in/code?method=recovery")
    return page


def too_many_attempts(browse: Browse, _relais: RunningPortal) -> Page:
    page = browse()
    stranger = f"stranger{next(_strangers)}@example.org"
    for _attempt in range(6):
        give_password(page, stranger, "a guess of mine")
    expect(page.locator("html")).to_be_visible()
    return page


def signed_out_while_writing(browse: Browse, _relais: RunningPortal) -> Page:
    page = browse("paul")
    page.goto("/account/comfort")
    page.context.clear_cookies(name="sid")
    page.locator("form.stack-large button").click()
    page.wait_for_selector("ol.numbered")
    return page


def no_network(browse: Browse, relais: RunningPortal) -> Page:
    page = browse("paul")
    page.goto(f"/p/{relais.patient('Jeanne')}/")
    page.wait_for_function(
        "async () => (await navigator.serviceWorker.ready) && navigator.serviceWorker.controller"
        " || (location.reload(), false)",
        polling=500,
    )
    page.context.set_offline(True)
    page.goto("/people")
    return page


def invite_stranger(relais: RunningPortal, email: str = "") -> str:
    place = Place(
        InvitationKind.CARER,
        patient_id=relais.patient("Ahmed"),
        relationship="NBOR",
        grants=USUAL_GRANTS,
    )
    return relais.invite(email or f"newcomer{next(_strangers)}@example.org", place)


def some_mails(browse: Browse, _relais: RunningPortal) -> Page:
    page = browse()
    page.goto("/password-reset")
    page.get_by_role("textbox").fill("haddad@example.org")
    page.get_by_role("textbox").press("Enter")
    page.wait_for_url("**/password-reset/sent")
    page = browse("admin")
    page.goto("/ops/mail")
    for _second in range(20):  # the worker looks every second
        if page.get_by_role("article").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    return page


def an_invitation(browse: Browse, relais: RunningPortal) -> Page:
    page = browse()
    page.goto(invite_stranger(relais))
    return page


def an_invitation_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = an_invitation(browse, relais)
    page.locator("#password").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def an_enrolment(browse: Browse, relais: RunningPortal) -> Page:
    page = an_invitation(browse, relais)
    page.locator("#given_name").fill("Odile")
    page.locator("#family_name").fill("Kerbrat")
    page.locator("#password").fill(NEW_PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/enrolment")
    return page


def an_app_enrolment(browse: Browse, relais: RunningPortal) -> Page:
    page = an_enrolment(browse, relais)
    page.locator("a[href='/enrolment?method=app']").click()
    page.wait_for_url("**/enrolment?method=app")
    return page


def a_sheet_enrolment(browse: Browse, relais: RunningPortal) -> Page:
    page = an_enrolment(browse, relais)
    page.locator("a[href='/enrolment?method=sheet']").click()
    page.wait_for_url("**/enrolment?method=sheet")
    return page


def a_sheet_on_the_screen(browse: Browse, relais: RunningPortal) -> Page:
    page = a_sheet_enrolment(browse, relais)
    page.locator("form[action='/enrolment/sheet'] button").click()
    page.wait_for_selector(".code-list")
    return page


def a_sheet_with_mistakes(browse: Browse, relais: RunningPortal) -> Page:
    page = a_sheet_on_the_screen(browse, relais)
    page.locator("#code").press("Enter")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    return page


def recovery_codes(browse: Browse, relais: RunningPortal) -> Page:
    page = an_app_enrolment(browse, relais)
    key = (page.locator("#secret").text_content() or "").replace(" ", "")
    page.locator("#code").fill(relais.code_of_key(key))
    page.locator("#code").press("Enter")
    page.wait_for_url("**/recovery-codes")
    return page


LAST_ID = "ffffffff-ffff-7fff-bfff-ffffffffffff"
SCAN = {"title": "Échographie du cœur", "status": "proposed"}
PILLS = {"title": "Préparation du pilulier", "status": "booked"}
CANCELLED = {"title": "Kinésithérapie", "status": "cancelled"}
UNDATED = {"title": "Contrôle de la vue", "status": "proposed"}
OVER = {"title": "Consultation de suivi", "status": "fulfilled"}
MISSED = {"title": "Kinésithérapie", "status": "noshow"}
BY_VIDEO = {"title": "Point avec la diététicienne", "status": "booked"}

SPOTS = (
    _at("sign-in", "Bonjour. Connectez-vous.", None, "/sign-in"),
    _at("signed-out", "Bonjour. Connectez-vous.", None, "/sign-in?signed_out=1"),
    _at("too-late", "Bonjour. Connectez-vous.", None, "/sign-in?too_late=1"),
    Spot("mistakes-422", "Bonjour. Connectez-vous.", a_form_with_mistakes),
    Spot("too-many-429", "Trop d’essais", too_many_attempts),
    Spot("code", "Votre code à 6 chiffres", a_code),
    Spot("code-mistakes", "Votre code à 6 chiffres", a_refused_code),
    Spot("recovery", "Votre code de secours", a_recovery),
    Spot("invitation", "Bienvenue dans Relais", an_invitation),
    Spot("invitation-mistakes", "Bienvenue dans Relais", an_invitation_with_mistakes),
    _at("invitation-refused", "Cette invitation ne peut pas servir", None, "/invitation/unknown"),
    _at("sheet-code", "Le code de votre invitation", None, "/invitation/code"),
    Spot("sheet-code-mistakes", "Le code de votre invitation", sheets.a_wrong_code),
    Spot("sheet-opened", "Bienvenue dans Relais", sheets.an_opened_sheet),
    Spot("birth-date", "Cette feuille est-elle la vôtre ?", sheets.a_patients_sheet),
    Spot(
        "birth-date-mistakes",
        "Cette feuille est-elle la vôtre ?",
        sheets.a_birth_date_with_mistakes,
    ),
    Spot("invitations", "Invitations", sheets.a_filled_list),
    _at("invitations-own", "Invitations", "jeanne", "/p/{p}/invitations", "Jeanne"),
    Spot("invite-relative", "Inviter un proche", sheets.a_form_of("relative")),
    Spot("invite-mistakes", "Inviter un proche", sheets.a_relative_with_mistakes),
    Spot("invite-patient", "Inviter Louise Bernard", sheets.a_form_of("patient")),
    Spot(
        "invite-professional",
        "Inviter un professionnel",
        sheets.a_form_of("professional", patient="Jeanne"),
    ),
    Spot("invitation-sheet", "Votre invitation à Relais", sheets.a_sheet),
    Spot("invite-colleague", "Inviter une personne pour coordonner", sheets.a_colleague_form),
    Spot("colleagues", "Inviter des collègues", sheets.an_invited_colleague),
    Spot("enrolment", "Protégez votre compte", an_enrolment),
    Spot("enrolment-app", "Une application de codes sur votre téléphone", an_app_enrolment),
    Spot("enrolment-sheet", "Votre feuille de codes", a_sheet_enrolment),
    Spot("enrolment-codes", "Votre feuille de codes", a_sheet_on_the_screen),
    Spot("enrolment-mistakes", "Votre feuille de codes", a_sheet_with_mistakes),
    Spot("code-sheet", "Code n° 7 de votre feuille", protections.a_sheet_code),
    Spot("confirm", "Confirmez que c’est bien vous", protections.a_confirmation),
    Spot("confirm-mistakes", "Confirmez que c’est bien vous", protections.a_refused_confirmation),
    Spot("confirmed", "C’est confirmé", protections.a_confirmation_done),
    Spot("confirm-late", "Confirmez que c’est bien vous", protections.a_late_form),
    Spot("factors", "Ce qui protège mon compte", protections.the_list),
    Spot("factors-done", "Ce qui protège mon compte", protections.the_list_after_a_change),
    Spot("app-new", "Ajouter une application de codes", protections.a_new_app),
    Spot("app-key", "Votre nouvelle application de codes", protections.an_app_key),
    Spot("app-mistakes", "Votre nouvelle application de codes", protections.an_app_with_mistakes),
    Spot("app-hidden", "Votre nouvelle application de codes", protections.an_app_without_its_key),
    Spot("app-rename", "Renommer une application de codes", protections.a_name),
    Spot("app-remove", "Retirer cette application de codes ?", protections.a_removal),
    Spot("app-last", "Impossible de le retirer", protections.the_last_one),
    Spot("sheet-new", "Faire une feuille de codes", protections.a_new_sheet),
    Spot("sheet-codes", "Votre feuille de codes", protections.a_sheet),
    Spot("sheet-runs-out", "Votre feuille de codes est bientôt finie", protections.a_last_code),
    Spot("codes-renew", "Faire de nouveaux codes de secours", protections.new_recovery_codes),
    Spot("codes-used", "Vous avez utilisé un code de secours", protections.a_used_code),
    Spot("recovery-codes", "Gardez vos codes de secours", recovery_codes),
    Spot("reproofing", "Nouvel accès", lost.the_list),
    Spot("reproofing-new", "Ouvrir un nouvel accès", lost.an_opening),
    Spot("reproofing-mistakes", "Ouvrir un nouvel accès", lost.an_opening_with_mistakes),
    Spot("reproofing-opened", "Nouvel accès de Simone Guern", lost.a_request_of_mine),
    Spot("reproofing-operator", "Nouvel accès de Simone Guern", lost.a_request_for_an_operator),
    Spot("reproofing-waiting", "Nouvel accès de Simone Guern", lost.a_request_to_confirm),
    Spot("reproofing-delay", "Nouvel accès de Simone Guern", lost.a_request_in_the_delay),
    Spot("reproofing-confirm", "Confirmer un nouvel accès", lost.a_confirmation),
    Spot("reproofing-unsure", "Confirmer un nouvel accès", lost.a_confirmation_with_mistakes),
    Spot("reproofing-sheet", "Votre nouvel accès à Relais", lost.a_sheet),
    Spot("reproofing-banner", "Mon compte", lost.a_banner),
    Spot("reproofing-closed", "Pas pendant un nouvel accès", lost.a_closed_door),
    _at("renewal-code", "Votre nouvel accès", None, "/renewal/code"),
    Spot("renewal-code-mistakes", "Votre nouvel accès", lost.a_code_with_mistakes),
    Spot("renewal-waiting", "Pas encore : revenez un peu plus tard", lost.a_wait),
    Spot("renewal", "Votre nouvel accès", lost.a_new_password),
    Spot("renewal-mistakes", "Votre nouvel accès", lost.a_new_password_with_mistakes),
    _at("renewal-refused", "Ce nouvel accès ne peut pas servir", None, "/renewal/unknown"),
    Spot("renewal-stop", "Arrêter le nouvel accès ?", lost.a_stop),
    _at("renewal-stop-refused", "Il n’y a plus rien à arrêter", None, "/renewal/stop/unknown"),
    _at("renewal-stopped", "Le nouvel accès est arrêté", None, "/renewal/stopped"),
    _at("people", "Pour qui consultez-vous ?", "paul", "/people"),
    _at("people-none", "Bonjour Camille", "admin", "/people"),
    _at("home-own", "Bonjour Jeanne", "jeanne", "/p/{p}/", "Jeanne"),
    _at("home-carer", "Aujourd’hui pour Jeanne", "paul", "/p/{p}/", "Jeanne"),
    _at("home-empty", "Aujourd’hui pour Yvonne", "claire", "/p/{p}/", "Yvonne"),
    Spot("switcher", "Aujourd’hui pour Jeanne", a_switcher),
    _at("agenda-week", "Agenda de Jeanne", "paul", "/p/{p}/agenda", "Jeanne"),
    _at("agenda-own", "Votre agenda", "jeanne", "/p/{p}/agenda", "Jeanne"),
    _at("agenda-list", "Agenda de Jeanne", "paul", "/p/{p}/agenda?view=list", "Jeanne"),
    _at("agenda-past", "Agenda de Jeanne", "paul", "/p/{p}/agenda?view=past", "Jeanne"),
    _at("agenda-paper", "Agenda : Jeanne Morel", "paul", "/p/{p}/agenda/print", "Jeanne"),
    _at("agenda-empty", "Agenda d’Yvonne", "claire", "/p/{p}/agenda", "Yvonne"),
    _at("agenda-far", "Agenda de Jeanne", "paul", "/p/{p}/agenda?week=2030-W10", "Jeanne"),
    _at(
        "visit-booked",
        "Préparation du pilulier",
        "paul",
        "/p/{p}/agenda/{visit}",
        "Jeanne",
        **PILLS,
    ),
    _at(
        "visit-video",
        "Point avec la diététicienne",
        "paul",
        "/p/{p}/agenda/{visit}",
        "Jeanne",
        **BY_VIDEO,
    ),
    _at(
        "visit-cancelled", "Kinésithérapie", "paul", "/p/{p}/agenda/{visit}", "Jeanne", **CANCELLED
    ),
    _at("visit-proposal", "Échographie du cœur", "paul", "/p/{p}/agenda/{visit}", "Jeanne", **SCAN),
    _at(
        "visit-undated", "Contrôle de la vue", "paul", "/p/{p}/agenda/{visit}", "Jeanne", **UNDATED
    ),
    _at("visit-over", "Consultation de suivi", "paul", "/p/{p}/agenda/{visit}", "Jeanne", **OVER),
    _at("visit-missed", "Kinésithérapie", "paul", "/p/{p}/agenda/{visit}", "Jeanne", **MISSED),
    _at("team-full", "Qui fait quoi pour Jeanne ?", "paul", "/p/{p}/care-team", "Jeanne"),
    _at("team-own", "Qui fait quoi pour vous ?", "jeanne", "/p/{p}/care-team", "Jeanne"),
    _at("team-small", "Qui fait quoi pour Yvonne ?", "claire", "/p/{p}/care-team", "Yvonne"),
    _at("account", "Mon compte", "paul", "/account"),
    _at("comfort", "Confort de lecture", "paul", "/account/comfort"),
    _at("comfort-saved", "Confort de lecture", "paul", "/account/comfort?saved=1"),
    Spot("passkeys", "Mes clés d’accès", phones.a_list),
    Spot("passkey-rename", "Renommer une clé d’accès", phones.a_rename),
    Spot("passkey-rename-mistakes", "Renommer une clé d’accès", phones.a_rename_with_mistakes),
    Spot("passkey-remove", "Retirer cette clé d’accès ?", phones.a_removal),
    Spot("account-no-email", "Mon compte", own_account.at("/account", email=False)),
    Spot("account-done", "Mon compte", own_account.at("/account?done=password-everywhere")),
    Spot("name", "Mon nom", own_account.at("/account/name")),
    Spot("name-mistakes", "Mon nom", own_account.with_mistakes("/account/name", "given_name")),
    Spot("email", "Mon adresse e-mail", own_account.at("/account/email")),
    Spot("email-none", "Mon adresse e-mail", own_account.at("/account/email", email=False)),
    Spot("email-pending", "Mon adresse e-mail", own_account.a_pending_email),
    Spot(
        "email-mistakes", "Mon adresse e-mail", own_account.with_mistakes("/account/email", "email")
    ),
    Spot("email-change", "Confirmez votre nouvelle adresse", own_account.a_confirmation),
    Spot(
        "email-change-signed-out",
        "Confirmez votre nouvelle adresse",
        own_account.a_confirmation_signed_out,
    ),
    Spot(
        "email-change-other",
        "Ce lien est pour un autre compte",
        own_account.a_confirmation_of_another,
    ),
    Spot("email-change-stop", "Arrêter le changement d’adresse ?", own_account.a_stop),
    _at("email-change-stopped", "Le changement est arrêté", None, "/email-change/stopped"),
    _at("email-change-refused", "Ce lien ne peut plus servir", None, "/email-change/unknown"),
    Spot("password", "Mon mot de passe", own_account.at("/account/password")),
    Spot(
        "password-mistakes",
        "Mon mot de passe",
        own_account.with_mistakes("/account/password", "current_password"),
    ),
    Spot("sessions", "Appareils connectés", own_account.two_sessions),
    Spot("sessions-alone", "Appareils connectés", own_account.at("/account/sessions?ended=others")),
    Spot("history", "Historique de mon compte", own_account.a_history),
    Spot("history-empty", "Historique de mon compte", own_account.at("/account/history")),
    Spot("notices", "Avis par e-mail", own_account.at("/account/notifications?saved=1")),
    Spot("notices-none", "Avis par e-mail", own_account.at("/account/notifications", email=False)),
    _at("password-reset", "Mot de passe oublié", None, "/password-reset"),
    _at("password-reset-sent", "Regardez votre messagerie", None, "/password-reset/sent"),
    _at("password-reset-refused", "Ce lien ne peut plus servir", None, "/password-reset/unknown"),
    Spot("password-reset-link", "Choisissez un nouveau mot de passe", own_account.a_reset),
    Spot(
        "password-reset-mistakes",
        "Choisissez un nouveau mot de passe",
        own_account.a_reset_with_mistakes,
    ),
    Spot(
        "password-reset-passkey",
        "Choisissez un nouveau mot de passe",
        own_account.a_reset_for_a_passkey,
    ),
    _at("sign-out", "Voulez-vous vous déconnecter ?", "paul", "/sign-out"),
    _at("patients", "Mes patients", "claire", "/professional/patients"),
    _at(
        "patients-end",
        "Mes patients",
        "claire",
        f"/professional/patients?after={LAST_ID}",
    ),
    _at("patient-of-professional", "Aujourd’hui pour Louise", "nadia", "/p/{p}/", "Louise"),
    _at("accounts", "Comptes", "admin", "/ops/accounts"),
    Spot("mail", "E-mails de la démonstration", some_mails),
    _at(
        "not-granted-403",
        "Cette partie ne vous est pas ouverte",
        "sylvie",
        "/p/{p}/care-team",
        "Jeanne",
    ),
    _at("not-there-404", "Cette page n’existe pas", "paul", "/p/{p}/", "Louise"),
    Spot("signed-out-while-writing", "Votre session est fermée", signed_out_while_writing),
    Spot("no-network", "Pas de connexion", no_network),
    *carers_pages.SPOTS,
    *consent_pages.SPOTS,
    *access_log_pages.SPOTS,
    *rights_pages.SPOTS,
    *series_pages.SPOTS,
    *needs_pages.SPOTS,
    *calendar_pages.SPOTS,
    *answering_pages.SPOTS,
    *companions_pages.SPOTS,
    *reminder_pages.SPOTS,
    *booking_pages.SPOTS,
    *team_pages.SPOTS,
    *circle_pages.SPOTS,
    *directory_pages.SPOTS,
    *directory_import_pages.SPOTS,
    *calendar_import_pages.SPOTS,
    *work_pages.SPOTS,
    *workday_pages.SPOTS,
    *workshop_pages.SPOTS,
    *writing_pages.SPOTS,
    *education_pages.SPOTS,
    *review_pages.SPOTS,
    *upkeep_pages.SPOTS,
    *programme_pages.SPOTS,
    *programme_team_pages.SPOTS,
    *messages_pages.SPOTS,
)
