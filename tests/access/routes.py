"""What each view needs, said by hand: a view without a row here fails the matrix.

`permission!` also needs a code that was shown in the last minutes. A view of a patient is tried
with every item of ITEMS that its address names.
"""

from uuid import UUID

ROUTES = {
    "absences:own": """
        absences.add_absence absences.ask_to_delete absences.change_absence absences.come_back
        absences.delete_absence absences.leave_again absences.list_absences absences.write_absence
        absences.write_change
    """,
    "access_log:see": """
        access_log.ask_question access_log.show_log access_log.show_question
        access_log.write_question emergency.acknowledge
    """,
    "access_log:see!": "access_log.export_log",
    "access_questions:answer": """
        access_questions.answer_question access_questions.list_questions
        access_questions.show_case
    """,
    "accounts:list": "ops.list_accounts",
    "agenda:act": """
        answering.accept_other_time answering.join_waiting_list answering.leave_waiting_list
        answering.refuse_other_time answering.send_answer answering.undo_answer
        answering.withdraw_request answering.write_answer
        calendar_import.choose_file calendar_import.keep_visits calendar_import.show_file
        calendar_import.show_kept calendar_import.take_back
        companions.choose companions.save_choice companions.save_transport notes.add_note
        notes.write_note preparation.tick
        booking.add_own booking.write_own own_entries.ask_delete own_entries.change
        own_entries.delete own_entries.put_back own_entries.show_deleted own_entries.write_change
    """,
    "agenda:book": """
        answering_requests.send_reply answering_requests.write_reply
        notes.add_team_note notes.write_team_note
        booking.ask_cancel booking.book booking.cancel booking.correct booking.move
        booking.note_outcome booking.restore booking.write_booking booking.write_correction
        booking.write_move
        series.ask_end series.change_series series.end_series series.restore_series
        series.write_change
    """,
    "agenda:hide": "hiding.choose_relatives hiding.hide_appointment",
    "agenda:see": """
        agenda.print_agenda agenda.show_agenda agenda.show_appointment calendars.download_event
        companions.save_answer companions.write_answer notes.delete_note notes.restore_note
        series.show_series
    """,
    "education:act": """
        programme.save_answer programme_goals.add programme_goals.remove programme_goals.restore
        programme_goals.save_goal programme_goals.write_goal programme_shared.save_assessment
    """,
    "education:follow": """
        programme_papers.save_assessment programme_papers.save_evaluation
        programme_papers.save_synthesis programme_papers.show_assessment
        programme_papers.show_history programme_papers.show_synthesis
        programme_papers.write_evaluation programme_papers.write_synthesis
        programme_team.choose_module programme_team.choose_workshop programme_team.propose_module
        programme_team.propose_programme programme_team.propose_workshop
        programme_team.remove_item programme_team.show_programme
        programme_team.take_back_programme programme_team.write_programme
    """,
    "education:see": """
        programme.show_programme programme_shared.show_assessment programme_shared.show_history
        programme_shared.show_synthesis
        education.answer education.ask education.choose_language
        education.continue_module education.finish_step
        education.list_modules education.print_module education.restart
        education.say_how_it_went education.say_notice_known
        education.show_end education.show_step
    """,
    "care_team:act": """
        needs.add_need needs.ask_end needs.assign_owner needs.change_need needs.confirm_need
        needs.end_need needs.reopen_need needs.rewrite_need needs.take_over needs.write_need
    """,
    "care_team:see": """
        care_team.show_care_team circle_export.download home.print_sheet needs.list_needs
        needs.show_need
    """,
    "carer_link:own": """
        own_rights.ask_for_right own_rights.ask_leave own_rights.leave own_rights.show_own_rights
    """,
    "carers:manage": """
        carers.confirm_carer carers.decline_request carers.list_carers carers.look_as
        carers.pause_all
    """,
    "carers:manage!": """
        carers.ask_end carers.change_rights carers.end_carer carers.grant_request
        carers.renew_rights carers.resume_all carers.write_rights
    """,
    "circle:leave": "circle.ask_leave circle.leave",
    "circle:manage": """
        circle.keep_long_term_condition circle.show_circle circle_adding.add_place
        circle_adding.search circle_adding.write_place circle_places.ask_end circle_places.change
        circle_places.end circle_places.extend circle_places.move circle_places.reopen
        circle_places.write_change
    """,
    "colleagues:invite": "colleagues.list_invitations",
    "colleagues:invite!": """
        colleagues.invite_colleague colleagues.withdraw_invitation colleagues.write_colleague
        expert_invitations.invite_expert expert_invitations.write_expert
    """,
    "consents:act": """
        consent.save_choices consent_receipts.take_back programme.share
        programme_consent.ask_leave programme_consent.leave programme_consent.say_no
        programme_shared.answer_synthesis programme_shared.withdraw_synthesis
    """,
    "consents:act!": """
        consent.ask_yes consent.say_yes programme_consent.ask_yes programme_consent.say_yes
    """,
    "consents:record!": "consent_paper.record_paper consent_paper.write_paper",
    "consents:see": """
        consent.show_consents consent_receipts.download_receipt consent_receipts.show_receipt
    """,
    "directory:manage": """
        directory_import.download_example directory_import.download_problems
        directory_import.list_imports directory_import.resume_import directory_import.show_import
        directory_import.stop_import
        colleague_absences.add_absence colleague_absences.ask_to_delete
        colleague_absences.change_absence colleague_absences.come_back
        colleague_absences.delete_absence colleague_absences.leave_again
        colleague_absences.list_absences colleague_absences.write_absence
        colleague_absences.write_change
        directory_duplicates.compare directory_duplicates.keep_apart
        directory_duplicates.list_duplicates
        need_types.add_type need_types.list_types need_types.rename_type need_types.restore_type
        need_types.retire_type need_types.write_name
    """,
    "directory:manage!": """
        directory_import.choose_file directory_import.send_file
        directory_duplicates.ask_to_merge directory_duplicates.merge directory_organizations.add
        directory_organizations.change directory_organizations.write
        directory_organizations.write_new directory_places.add directory_places.add_alone
        directory_places.change directory_places.choose directory_places.write
        directory_places.write_alone directory_places.write_new directory_practitioners.add
        directory_practitioners.change directory_practitioners.write
        directory_practitioners.write_new
    """,
    "directory:see": """
        directory.search directory.show_organization directory.show_practitioner
    """,
    "emergency:open!": "emergency.ask_for_file emergency.open_file",
    "indicators:see": "indicators.export_table indicators.show_indicators",
    "invitations:make": "invitations.list_invitations",
    "circle:invite!": """
        invitations.invite_patient invitations.invite_professional invitations.write_patient
        invitations.write_professional
    """,
    "invitations:make!": """
        invitations.invite_relative invitations.print_sheet_again invitations.withdraw_invitation
        invitations.write_relative
    """,
    "mail:see": "ops.list_mail",
    "mandates:verify": "mandates.list_mandates",
    "mandates:verify!": """
        mandates.ask_to_end mandates.end_mandate mandates.record_mandate mandates.write_mandate
    """,
    "inbox:see": """
        answer_templates.add_template answer_templates.change_template
        answer_templates.delete_template answer_templates.list_templates
        answer_templates.write_change
        inbox.list_drafts inbox.list_threads inbox.search
    """,
    "messages:act": """
        attachments.add attachments.choose message_drafts.discard_draft
        message_drafts.discard_new_draft message_drafts.save_draft message_drafts.save_new_draft
        messages.close_thread messages.reopen_thread messages.send_message messages.start_thread
        messages.write_thread
    """,
    "messages:answer": """
        attachments.add_answer attachments.choose_for_answer
        message_drafts.discard_answer_draft message_drafts.discard_first_draft
        message_drafts.save_answer_draft message_drafts.save_first_draft
        thread_acts.answer
        thread_acts.close thread_acts.hand_over thread_acts.mark_unread thread_acts.release
        thread_acts.reopen thread_acts.start thread_acts.take thread_acts.write_first
        thread_acts.write_hand_over
    """,
    "messages:hide": "message_readers.choose_readers message_readers.save_readers",
    "messages:see": """
        attachments.download attachments.remove attachments.show_thumbnail
        message_finding.export_thread
        message_finding.print_thread message_finding.search messages.list_threads
        messages.show_thread
    """,
    "patient:open": "home.show_home",
    "patients:list": "professional.list_patients professional_needs.list_needs",
    "reproofing:confirm": """
        reproofing.cancel_request reproofing.list_requests reproofing.show_request
    """,
    "reproofing:confirm!": """
        reproofing.confirm_request reproofing.prepare_confirmation reproofing.print_again
    """,
    "reproofing:open!": "reproofing.open_request reproofing.prepare_request",
    "workdays:see": """
        answering_requests.list_requests workdays.show_day workdays.show_sheet
    """,
    "workshops:manage": """
        workshops.add_workshop workshops.ask_cancel workshops.cancel_workshop
        workshops.change_workshop workshops.choose_patients workshops.list_workshops
        workshops.propose_workshop workshops.show_workshop workshops.write_change
        workshops.write_workshop
    """,
    "modules:manage": """
        education_team.add_reviewer education_team.ask_end education_team.end
        education_team.find_reviewer education_team.list_members education_team.list_texts
        education_team.restore
        module_upkeep.ask_hand_over module_upkeep.give_to_another
        module_upkeep.save_settings module_upkeep.show_settings
    """,
    "modules:review": """
        module_review.approve module_review.ask_approve module_review.request_changes
        module_upkeep.ask_renew module_upkeep.renew
    """,
    "modules:see": """
        module_desk.list_modules module_desk.preview module_desk.show_module
        module_files.download
        module_review.make_remark module_review.reopen module_review.settle
        module_review.show_differences module_review.show_text module_review.write_remark
        module_upkeep.ask_retract module_upkeep.retract
    """,
    "modules:write": """
        module_desk.ask_publish module_desk.publish module_desk.submit_version
        module_desk.take_back module_desk.write_submission module_review.say_read
        writing.add_part writing.move_part writing.save_about writing.save_list writing.save_part
        writing.settle_conflicts writing.write writing.write_list writing.write_part
        writing_history.compare writing_history.list_states writing_history.restore_state
        writing_start.ask_discard writing_start.begin writing_start.begin_next
        writing_start.choose_writer writing_start.discard_draft writing_start.list_writers
        writing_start.write_new
        module_files.choose_file module_files.describe module_files.import_file
        module_files.list_pictures module_files.remove module_files.upload_picture
        translating.begin translating.confirm_follow translating.save_part translating.show
        translating.write_part
    """,
    "account:own": """
        account.save_comfort account.show_account account.show_comfort account.show_history
        account_sessions.end_other_sessions account_sessions.end_session
        account_sessions.list_sessions auth.note_recovery_codes auth.stay_signed_in
        calendars.ask_to_revoke calendars.list_feeds calendars.revoke_feed
        code_apps.finish_app credentials.cancel_email email_change.confirm factors.after_recovery
        factors.list_factors home.choose_person message_news.queue_key message_news.show_news
        message_settings.save_settings message_settings.show_settings
        paper_sheets.finish_sheet paper_sheets.put_off paper_sheets.show_running_out
        passkey.confirm passkey.offer_confirmation renewal.stop_own
        reminders.save_choice reminders.show_choices reminders.stop
        step_up.check_confirmation step_up.confirm
    """,
    "account:own!": """
        account.save_notifications account.show_notifications account_passkeys.add_passkey
        account_passkeys.offer_passkey account_passkeys.remove_passkey
        account_passkeys.rename_passkey account_passkeys.show_passkeys
        account_passkeys.show_removal account_passkeys.show_rename auth.show_recovery_codes
        calendars.create_feed calendars.write_feed
        code_apps.begin_app code_apps.confirm_removal code_apps.prepare_app code_apps.remove_app
        code_apps.rename_app code_apps.show_app code_apps.show_name credentials.ask_for_email
        credentials.change_email credentials.change_name credentials.change_password
        credentials.save_name credentials.save_password factors.confirm_renewal
        factors.renew_recovery_codes paper_sheets.begin_sheet paper_sheets.confirm_removal
        paper_sheets.prepare_sheet paper_sheets.remove_sheet paper_sheets.show_sheet
    """,
    "public": """
        auth.accept_invitation auth.begin_sheet auth.check_code auth.check_password
        auth.confirm_sign_out auth.enrol auth.enter_code auth.finish_enrolment
        crawlers.list_public_modules crawlers.tell_robots
        library.ask library.choose_text_size library.library_worker library.list_copy
        library.list_kept library.list_modules
        library.open_module library.print_module library.show_picture library.show_step
        library.show_narrower library.download_file
        auth.open_invitation auth.resume_invitation auth.session_state auth.sign_in auth.sign_out
        calendar_subscription.show_calendar
        email_change.ask_to_stop email_change.open_link email_change.show_stopped
        email_change.stop home.go_home invitation_code.accept_sheet invitation_code.check
        invitation_code.enter invitation_code.open_sheet ops.icon ops.is_alive ops.is_ready
        ops.receive_csp_report ops.service_worker passkey.check_second_factor passkey.enrol
        passkey.offer_enrolment passkey.offer_second_factor passkey.offer_sign_in passkey.sign_in
        password_reset.ask password_reset.open_link password_reset.send_link
        password_reset.set_password password_reset.show_sent renewal.ask_to_stop
        renewal.check_code renewal.enter_code renewal.open_renewal renewal.renew_by_code
        renewal.renew_by_link renewal.resume_renewal renewal.show_stopped renewal.stop_by_link
    """,
}
NEEDS = {endpoint: needs for needs, names in ROUTES.items() for endpoint in names.split()}
ITEMS = {
    "appointment_id": "visit",
    "invitation_id": "invitation",
    "decision_id": "decision",
    "question_id": "question",
    "access_id": "emergency",
    "link_id": "link",
    "mandate_id": "mandate",
    "request_id": "request",
    "need_id": "need",
    "member_id": "member",
    "note_id": "note",
    "change_request_id": "change_request",
    "series_id": "series",
    "thread_id": "thread",
    "attachment_id": "attachment",
}
"""The name in an address → what of the file stands for it."""
NOBODYS = {"slug": "no-module", "number": 1, "digest": "0" * 64}
NOBODYS |= {"item_id": UUID(int=0), "goal_id": UUID(int=0)}
NOBODYS |= {"version_id": UUID(int=0), "remark_id": UUID(int=0)}
NOBODYS |= {"kind": "steps", "part_id": "s1", "name": "scale", "width": 480}
NOBODYS |= {"role": "writer", "user_id": UUID(int=0)}
"""What addresses name that belongs to no patient."""
LISTS = {
    "home.choose_person": {"carer, agenda and team": "own", "carer of another": "another's"},
    "answering_requests.list_requests": {
        "coordinator": "own",
        "coordinator elsewhere": "another's",
    },
}
"""Shows something of several files: a line in the log of each whose agenda the reader sees."""
LISTED_PART = {"inbox.list_threads": "messages"}
"""Of those lists, the ones that show another part of the files than the agenda."""
PRACTITIONERS = {"nurse in the circle", "nurse who left", "nurse who is blocked"}
PRACTITIONERS |= {"nurse for the agenda"}
PRACTITIONERS |= {"social worker without consent", "social worker with consent"}
PRACTITIONERS |= {"doctor of another house", "doctor in an emergency"}
COORDINATORS = {"coordinator", "coordinator elsewhere"}
READER = {
    "patients:list": PRACTITIONERS | COORDINATORS,
    "directory:see": PRACTITIONERS | COORDINATORS,
    "directory:manage": COORDINATORS,
    "workdays:see": PRACTITIONERS | COORDINATORS,
    "inbox:see": PRACTITIONERS | COORDINATORS,
    "workshops:manage": PRACTITIONERS | COORDINATORS,
    "modules:see": PRACTITIONERS | COORDINATORS | {"patient expert"},
    "modules:write": {"patient expert"},
    "modules:review": PRACTITIONERS,
    "modules:manage": COORDINATORS,
    "absences:own": PRACTITIONERS,
    "indicators:see": COORDINATORS,
    "emergency:open": PRACTITIONERS,
    "colleagues:invite": COORDINATORS,
    "reproofing:open": COORDINATORS,
    "reproofing:confirm": COORDINATORS | {"operator"},
    "accounts:list": {"operator"},
    "mail:see": {"operator"},
    "access_questions:answer": {"privacy contact"},
}
"""Who holds a permission that is towards no patient; everybody signed in has `account:own`."""
# Their name is that of a record.
NOT_FOR = {
    f"credentials.{verb}_name": PRACTITIONERS | {"patient", "another patient"}
    for verb in ("change", "save")
}
# A professional keeps their own appointments; the one in the file is nobody's.
NOT_FOR |= {
    f"booking.{act}": PRACTITIONERS
    for act in (
        *("ask_cancel", "cancel", "correct", "move", "note_outcome", "restore"),
        *("write_correction", "write_move"),
    )
}
NOT_FOR |= {f"answering_requests.{act}_reply": PRACTITIONERS for act in ("send", "write")}
NOT_FOR |= {
    f"series.{act}": PRACTITIONERS
    for act in ("ask_end", "change_series", "end_series", "restore_series", "write_change")
}
"""Views that say 403 to some of those who hold the permission."""
WANTS_MORE = {"access_log.write_question", "access_log.show_question"}
# Of a message that is being written, by its key.
WANTS_MORE |= {"attachments.choose", "attachments.choose_for_answer"}
# The appointment in the file was booked by the team: it is not the family's to change.
WANTS_MORE |= {
    f"own_entries.{act}"
    for act in ("ask_delete", "change", "delete", "put_back", "show_deleted", "write_change")
}
# Of a module, which is nobody's: the files hold none, `tests/education` reads them.
WANTS_MORE |= {
    f"education.{page}"
    for page in ("ask", "continue_module", "print_module", "show_end", "show_step")
}
# Of a version of a module: `tests/module_desk` and `tests/module_review` read them.
WANTS_MORE |= {f"module_desk.{page}" for page in ("ask_publish", "preview", "show_module")}
WANTS_MORE |= {"module_desk.write_submission", "module_review.ask_approve"}
WANTS_MORE |= {f"module_upkeep.ask_{act}" for act in ("hand_over", "renew", "retract")}
WANTS_MORE |= {"module_upkeep.show_settings"}
WANTS_MORE |= {f"education_team.{page}" for page in ("ask_end", "find_reviewer", "list_texts")}
WANTS_MORE |= {
    f"module_review.{page}" for page in ("show_differences", "show_text", "write_remark")
}
# Of a programme: the files hold none, `tests/programme_team` opens them.
WANTS_MORE |= {
    f"programme_papers.{page}"
    for page in (
        *("show_assessment", "show_history", "show_synthesis"),
        *("write_evaluation", "write_synthesis"),
    )
}
WANTS_MORE |= {"programme_consent.ask_leave", "programme_consent.ask_yes"}
WANTS_MORE |= {"programme_goals.write_goal"}
WANTS_MORE |= {f"programme_team.choose_{what}" for what in ("module", "workshop")}
WANTS_MORE |= {f"programme_shared.show_{what}" for what in ("assessment", "history", "synthesis")}
WANTS_MORE |= {"writing.write", "writing.write_list", "writing.write_part"}
WANTS_MORE |= {"writing_history.compare", "writing_history.list_states"}
WANTS_MORE |= {"writing_start.ask_discard", "writing_start.list_writers"}
WANTS_MORE |= {"translating.show", "translating.write_part"}
WANTS_MORE |= {"module_files.download", "module_files.list_pictures"}
"""Pages that are 404 even for who may open them: without a query, or asked by another reader."""
NAMES_READER = {"message_news.queue_key", "message_news.show_news"}
"""Asked by a script that names the account of its page: 401 for any other one."""
