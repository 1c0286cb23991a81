"""R4: which rules match a lead, and which condition does not hold."""

from . import text, typed, zones


def _met(listed, key, mine, typed_too=()):
    """A listed text that ends in `*` is met by every text that begins so."""
    for one in listed:
        one = text.folded(one)
        if one.endswith("*"):
            if any(m.startswith(key.start(one[:-1]))
                   for m in (*mine, *typed_too)):
                return True
        elif key(one) in mine:
            return True
    return False


def _key(read, start=lambda prefix: prefix):
    def key(value):
        return read(value)
    key.start = start
    return key


_PLAIN = _key(text.folded)
_KIND = _key(lambda value: typed.lead_type(value)[0])


def _zip(region):
    return _key(lambda value: typed.zip_key(value, region),
                lambda prefix: prefix.replace(" ", "").replace("-", ""))


def _language(listed, mine):
    """By itself and by its variants."""
    key = _key(typed.language_key, typed.language_key)
    return _met(listed, key, [mine]) or any(
        mine.startswith(typed.language_key(one) + "-") for one in listed)


def unmet(team, rule, fields, now):
    """None, or (the first condition that does not hold, whether the lead
    lacks the field)."""
    when, region = rule["when"], team.doc["region"]
    if rule["active"] is not None and not zones.inside(
            {"weekly": [rule["active"]], "overrides": []},
            team.doc["time_zone"], now, team.doc["holidays"]):
        return "not_active", False

    def plain(one):
        return lambda listed: _met(listed, _PLAIN, [text.folded(one)])

    def lead_type(mine):
        meets = {mine, "buyer", "seller"} if mine == "both" else {mine}
        return lambda listed: _met(listed, _KIND, meets)

    def tags(mine):
        return lambda listed: _met(listed, _PLAIN, [text.folded(t)
                                                    for t in mine])

    def zip_(mine):
        return lambda listed: _met(listed, _zip(region),
                                   [typed.zip_key(mine, region)])

    def state(mine):
        key = _key(lambda value: typed.state_key(value, region))
        return lambda listed: _met(listed, key,
                                   [typed.state_key(mine, region)],
                                   [text.folded(mine)])

    def language(mine):
        return lambda listed: _language(listed, typed.language_key(mine))

    for condition, field, holds in (
            ("sources", "source", plain), ("lead_types", "lead_type",
                                           lead_type),
            ("tags", "tags", tags), ("cities", "city", plain),
            ("zips", "zip", zip_), ("states", "state", state),
            ("price", "price", None), ("timeframes", "timeframe", plain),
            ("languages", "language", language)):
        if condition == "price":
            low, high = when["min_price"], when["max_price"]
            if low is None and high is None:
                continue
            price = fields.get("price")
            good = price is not None and (low is None or low <= price) \
                and (high is None or price <= high)
        elif not when[condition]:
            continue
        else:
            good = bool(fields.get(field)) \
                and holds(fields[field])(when[condition])
        if not good:
            return field, fields.get(field) in (None, [])
    return None


def rules(team, lead, now):
    return [r for r in team.doc["rules"]
            if unmet(team, r, lead.fields, now) is None]
