"""Every address of the portal, filled in with values that name nothing."""

from collections.abc import Iterator
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from portal.access.guard import mark_of

NOBODY = UUID(int=7)
NO_TOKEN = "no-such-token"


def addresses(app: Flask, method: str) -> list[str]:
    """Those that answer this method, in the order of their paths."""
    return sorted(_path(app, rule) for rule in _rules(app, method))


def public_addresses(app: Flask, method: str) -> list[str]:
    """Those that anybody may open."""
    rules = [
        rule
        for rule in _rules(app, method)
        if mark_of(app.view_functions[rule.endpoint]) == "public"
    ]
    return sorted(_path(app, rule) for rule in rules)


def _rules(app: Flask, method: str) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()))


def _path(app: Flask, rule: Rule) -> str:
    values = {name: _nothing(rule, name) for name in rule.arguments}
    adapter = app.url_map.bind("localhost")
    path: str = adapter.build(rule.endpoint, values)
    return path


def _nothing(rule: Rule, name: str) -> object:
    """A value of the right type that stands for nothing."""
    if f"<int:{name}>" in rule.rule:
        return 1
    return NOBODY if f"<uuid:{name}>" in rule.rule else NO_TOKEN
