"""Who may do what, said a second time from the rules for people; knows nothing of the portal."""

SHARED = {"patient:open", "agenda:see", "care_team:see"}
LED = {"patient:open", "care_team:see", "consents:see", "consents:record"}
LED |= {"invitations:make", "circle:invite", "circle:manage", "care_team:act", "mandates:verify"}
WORK = {"agenda": {"agenda:see", "agenda:book"}, "care_team": {"care_team:see", "care_team:act"}}
WORK |= {"messages": {"messages:see", "messages:answer"}, "education": {"education:follow"}}
GIFTS = {
    f"{part}:see": {f"{part}:see"} for part in ("agenda", "care_team", "consents", "education")
}
GIFTS |= {"agenda:act": {"agenda:see", "agenda:act"}, "care_team:act": WORK["care_team"]}
GIFTS |= {"education:act": {"education:see", "education:act"}}
GIFTS |= {"messages:see": {"messages:see"}, "messages:act": {"messages:see", "messages:act"}}
LAW = GIFTS | {f"access_log:{verb}": {"access_log:see"} for verb in ("see", "act")}
LAW |= {"agenda:act": {"agenda:see", "agenda:act", "agenda:hide"}}
LAW |= {"consents:act": {"consents:see", "consents:act", "carers:manage", "invitations:make"}}
LAW |= {"messages:act": {"messages:see", "messages:act", "messages:hide"}}
WHOLE = {"tuteur_personne", "habilitation_generale", "autorite_parentale"}
ASSISTS = {"personne_de_confiance", "curateur", "habilitation_assistance"}


def allowed(world, actor):
    one, now = world["people"][actor], world["now"]
    kind = one["kind"] if holds(one["link"], now) else None
    measures = [(what, scope) for what, scope, period in one["mandates"] if holds(period, now)]
    if kind is None or now >= world["majority"]:
        measures = [each for each in measures if kind and each[0] != "autorite_parentale"]
    law = {right for what, scope in measures for right in (LAW if what in WHOLE else scope)}
    answers = opened(LAW, law) | ({"patient:open"} if law else set())
    if (kind == "carer" and not measures) or any(what in ASSISTS for what, _scope in measures):
        gifts = {right for right, period in one["grants"] if holds(period, now)}
        answers |= opened(GIFTS, set() if one["is_paused"] else gifts)
    if kind == "self":
        answers |= SHARED | opened(LAW, LAW)
    answers |= {"patient:open", "carer_link:own"} if kind == "carer" else set()
    heard, shares = yes(world["consents"].get(actor, []), False), yes(world["coordination"], True)
    places = [place for place in one["places"] if holds(place[-1], now) and (heard or not place[0])]
    if places and not any(holds(period, now) for period in one["blocks"]):
        parts = {part for place in places for part in place[1].split() or WORK}
        answers |= {"patient:open", "circle:leave"} | opened(WORK, parts if shares else set())
    answers |= (
        LED | (WORK["agenda"] | WORK["messages"] | WORK["education"] if shares else set())
        if one["coordinates"]
        else set()
    )
    return answers | (SHARED if holds(one["emergency"], now) else set())


def opened(table, rights):
    return set().union(*(table.get(right, set()) for right in rights))


def holds(period, now):
    return bool(period) and period[0] <= now and (period[1] is None or now < period[1])


def yes(answers, unasked):
    newest = max((at for at, _word in answers), default=None)  # a no of that instant wins
    return all(word == "given" for at, word in answers if at == newest) if answers else unasked
