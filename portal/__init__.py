"""Relais, the patient-and-carer portal."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import db, extensions
from portal.access import guard
from portal.blueprints.absences.colleagues import bp as colleague_absences
from portal.blueprints.absences.routes import bp as absences
from portal.blueprints.access_log.questions import bp as access_questions
from portal.blueprints.access_log.routes import bp as access_log
from portal.blueprints.account.code_apps import bp as code_apps
from portal.blueprints.account.credentials import bp as credentials
from portal.blueprints.account.factors import bp as factors
from portal.blueprints.account.paper_sheets import bp as paper_sheets
from portal.blueprints.account.passkeys import bp as account_passkeys
from portal.blueprints.account.routes import bp as account
from portal.blueprints.account.sessions import bp as account_sessions
from portal.blueprints.agenda.routes import bp as agenda
from portal.blueprints.answering.requests import bp as answering_requests
from portal.blueprints.answering.routes import bp as answering
from portal.blueprints.attachments.routes import bp as attachments
from portal.blueprints.auth.email_change import bp as email_change
from portal.blueprints.auth.enrolment import bp as auth
from portal.blueprints.auth.invitation_code import bp as invitation_code
from portal.blueprints.auth.passkey import bp as passkey
from portal.blueprints.auth.password_reset import bp as password_reset
from portal.blueprints.auth.renewal import bp as renewal
from portal.blueprints.auth.step_up import bp as step_up
from portal.blueprints.booking.own import entries as own_entries
from portal.blueprints.booking.routes import bp as booking
from portal.blueprints.calendar_import.routes import bp as calendar_import
from portal.blueprints.calendars.routes import bp as calendars
from portal.blueprints.calendars.subscription import bp as calendar_subscription
from portal.blueprints.care_team.routes import bp as care_team
from portal.blueprints.carers.own_rights import bp as own_rights
from portal.blueprints.carers.routes import bp as carers
from portal.blueprints.circle.adding import bp as circle_adding
from portal.blueprints.circle.places import bp as circle_places
from portal.blueprints.circle.routes import bp as circle
from portal.blueprints.circle_export.routes import bp as circle_export
from portal.blueprints.companions.routes import bp as companions
from portal.blueprints.consent.paper import bp as consent_paper
from portal.blueprints.consent.receipts import bp as consent_receipts
from portal.blueprints.consent.routes import bp as consent
from portal.blueprints.directory.duplicates import bp as directory_duplicates
from portal.blueprints.directory.organizations import bp as directory_organizations
from portal.blueprints.directory.places import bp as directory_places
from portal.blueprints.directory.practitioners import bp as directory_practitioners
from portal.blueprints.directory.routes import bp as directory
from portal.blueprints.directory_import.routes import bp as directory_import
from portal.blueprints.education.routes import bp as education
from portal.blueprints.education_team.routes import bp as education_team
from portal.blueprints.emergency.routes import bp as emergency
from portal.blueprints.hiding.routes import bp as hiding
from portal.blueprints.home.routes import bp as home
from portal.blueprints.inbox.routes import bp as inbox
from portal.blueprints.inbox.templates import bp as answer_templates
from portal.blueprints.indicators.routes import bp as indicators
from portal.blueprints.invitations.colleagues import bp as colleagues
from portal.blueprints.invitations.experts import bp as expert_invitations
from portal.blueprints.invitations.routes import bp as invitations
from portal.blueprints.library.crawlers import bp as crawlers
from portal.blueprints.library.routes import bp as library
from portal.blueprints.mandates.routes import bp as mandates
from portal.blueprints.message_settings.routes import bp as message_settings
from portal.blueprints.messages.acts import bp as thread_acts
from portal.blueprints.messages.drafts import bp as message_drafts
from portal.blueprints.messages.finding import bp as message_finding
from portal.blueprints.messages.news import bp as message_news
from portal.blueprints.messages.readers import bp as message_readers
from portal.blueprints.messages.routes import bp as messages
from portal.blueprints.module_desk.routes import bp as module_desk
from portal.blueprints.module_files.routes import bp as module_files
from portal.blueprints.module_review.routes import bp as module_review
from portal.blueprints.module_upkeep.routes import bp as module_upkeep
from portal.blueprints.needs.catalogue import bp as need_types
from portal.blueprints.needs.routes import bp as needs
from portal.blueprints.ops.routes import bp as ops
from portal.blueprints.preparation.notes import bp as notes
from portal.blueprints.preparation.routes import bp as preparation
from portal.blueprints.professional.needs import bp as professional_needs
from portal.blueprints.professional.routes import bp as professional
from portal.blueprints.programme.consenting import bp as programme_consent
from portal.blueprints.programme.goals import bp as programme_goals
from portal.blueprints.programme.routes import bp as programme
from portal.blueprints.programme_team.family import bp as programme_shared
from portal.blueprints.programme_team.papers import bp as programme_papers
from portal.blueprints.programme_team.routes import bp as programme_team
from portal.blueprints.reminders.routes import bp as reminders
from portal.blueprints.reproofing.routes import bp as reproofing
from portal.blueprints.series.routes import bp as series
from portal.blueprints.workdays.routes import bp as workdays
from portal.blueprints.workshops.routes import bp as workshops
from portal.blueprints.writing.history import bp as writing_history
from portal.blueprints.writing.routes import bp as writing
from portal.blueprints.writing.starting import bp as writing_start
from portal.blueprints.writing.translating import bp as translating
from portal.config import Config
from portal.crypto import KeyRing
from portal.web import assets, headers, i18n, limits, logs, origin, problems

STATIC = Path(__file__).parent / "static"
MAX_REQUEST_BYTES = 256 * 1024
"""Forms only, for now: nobody types more."""


def create_app(config: Config) -> Flask:
    """The application, ready to answer; raises `ConfigError` when it cannot be."""
    app = Flask(__name__, static_folder=None, template_folder=None)
    _configure(app, config)
    keys = KeyRing.load(config.keys_file)
    app.extensions["keys"] = keys
    db.init_app(app, db.Database(config, keys))
    logs.init_app(app)
    i18n.init_app(app, default_locale=config.default_locale)
    extensions.htmx.init_app(app)
    extensions.compress.init_app(app)
    problems.init_app(app)
    origin.init_app(app)
    guard.init_app(app)
    headers.init_app(app)
    limits.init_app(app, config)
    for blueprint in (
        auth,
        passkey,
        step_up,
        renewal,
        reproofing,
        invitation_code,
        invitations,
        colleagues,
        carers,
        own_rights,
        account,
        account_passkeys,
        factors,
        code_apps,
        paper_sheets,
        account_sessions,
        credentials,
        email_change,
        password_reset,
        home,
        agenda,
        booking,
        own_entries,
        series,
        answering,
        answering_requests,
        companions,
        preparation,
        notes,
        workdays,
        workshops,
        calendars,
        calendar_subscription,
        calendar_import,
        reminders,
        care_team,
        consent,
        consent_paper,
        consent_receipts,
        access_log,
        access_questions,
        hiding,
        education,
        emergency,
        crawlers,
        programme,
        programme_consent,
        programme_goals,
        programme_papers,
        programme_shared,
        programme_team,
        library,
        mandates,
        needs,
        need_types,
        circle,
        circle_adding,
        circle_export,
        circle_places,
        directory,
        directory_practitioners,
        directory_places,
        directory_organizations,
        directory_duplicates,
        directory_import,
        absences,
        colleague_absences,
        indicators,
        messages,
        message_drafts,
        message_finding,
        message_readers,
        thread_acts,
        message_news,
        module_desk,
        module_files,
        module_review,
        module_upkeep,
        education_team,
        expert_invitations,
        writing,
        writing_history,
        writing_start,
        translating,
        attachments,
        inbox,
        answer_templates,
        message_settings,
        professional_needs,
        professional,
        ops,
    ):
        app.register_blueprint(blueprint)
    guard.refuse_unmarked_views(app)
    _serve_static(app, config)
    if config.proxies:
        hops = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    return app


def _serve_static(app: Flask, config: Config) -> None:
    built = assets.Assets.load(STATIC, config.instance_path / "static")
    app.extensions["assets"] = built
    app.wsgi_app = assets.serve(app.wsgi_app, built, is_https=config.is_https)  # type: ignore[method-assign]  # Flask's documented way


def _configure(app: Flask, config: Config) -> None:
    app.config.update(
        DEBUG=False,  # whatever FLASK_DEBUG says: a debugger runs code
        SESSION_COOKIE_SECURE=config.is_https,
        TRUSTED_HOSTS=list(config.trusted_hosts),
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_REQUEST_BYTES,
        MAX_FORM_PARTS=200,
        # At these levels brotli makes our pages a twentieth smaller than zstd.
        COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_BR_LEVEL=6,
        COMPRESS_ZSTD_LEVEL=9,
        COMPRESS_MIN_SIZE=500,
        COMPRESS_MIMETYPES=["text/html", "text/javascript"],
    )
    app.extensions["config"] = config
