"""R53: reading what people type. Each reader of a field returns the value and
what is said about it: None, "read" (in spite of its form) or "ignored"."""

import functools
import re
import unicodedata
from decimal import ROUND_FLOOR, Decimal

from . import text
from .text import INT64_MAX, INT64_MIN, trimmed

# --- ids --------------------------------------------------------------------


def digits(value):
    """A JSON number that is written as digits alone, as these digits."""
    return str(value) if type(value) is int else value


def id_(value):
    """An id in `data`: digits, trimmed; not checked yet."""
    value = digits(value)
    return trimmed(value) if isinstance(value, str) else value


# --- phones and e-mails -----------------------------------------------------

def phone(value, region):
    read = None
    if type(value) is int:
        value, read = str(value), "read"
    if not isinstance(value, str):
        return None, "ignored"
    number = text.parsed_phone(value, region)
    if number is not None:
        return number, read
    number = text.found_phone(value, region)
    return (number, "read") if number is not None else (None, "ignored")


def placeholder(number):
    """A number of +1 that nobody has."""
    if number.phone is None or not re.fullmatch(r"\+1[0-9]{10}",
                                                number.phone):
        return False
    ten = [int(c) for c in number.phone[2:]]
    steps = {(b - a) % 10 for a, b in zip(ten, ten[1:])}
    return steps in ({0}, {1}, {9}) or ten[0] < 2 or ten[3] < 2


_ENDS = text.SPACES + ".,;"


def email(value):
    if not isinstance(value, str):
        return None, "ignored"
    plain = trimmed(text.without_format(value).lower())
    found = re.search("<([^>]*)>", value)
    one = text.without_format(found.group(1) if found else value).lower()
    one = one.strip(_ENDS)
    if one.startswith("mailto:"):
        one = one[len("mailto:"):].strip(_ENDS)
    one = re.split("[,;]", one)[0].strip(_ENDS)
    name, _, domain = one.partition("@")
    if not name or not domain or "@" in domain \
            or text.without_spaces(one) != one:
        return None, "ignored"
    return one, None if one == plain else "read"


# --- prices -----------------------------------------------------------------

CURRENCIES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV
BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK
DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP
TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU
XBA XBB XBC XBD XCD XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWL
""".split()
_CODE = re.compile("(?<![A-Z])(?:" + "|".join(CURRENCIES) + ")(?![A-Z])")
_PARTS = re.compile(r"([0-9]+(?:[,'.][0-9]+)*)([kKmM]?)")
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000}


def price(value, written):
    """`written`: the JSON text of the value."""
    if isinstance(value, str):
        found = _price_text(value)
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        found = value
        if isinstance(value, Decimal):  # exact, as the text is
            if not value.is_finite() or value.adjusted() > 30:
                return None, "ignored"
            found = int(value.to_integral_value(ROUND_FLOOR))
    else:
        return None, "ignored"
    if found is None or not INT64_MIN <= found <= INT64_MAX:
        return None, "ignored"
    return found, None if re.fullmatch("-?[0-9]+", written) else "read"


def _price_text(value):
    value = _CODE.sub("", value)
    value = "".join(c for c in value if unicodedata.category(c) != "Sc")
    value = text.without_spaces(value)
    sides = re.split("-|\u2013|to", value, flags=re.IGNORECASE)
    if len(sides) > 2:
        return None
    parts = [_PARTS.fullmatch(side) for side in sides]
    if None in parts:
        return None
    units = [p.group(2).lower() for p in parts]
    amounts = [_amount(p.group(1), u or units[-1])
               for p, u in zip(parts, units)]
    return None if None in amounts else amounts[0]


def _amount(number, unit):
    """Groups of three digits, and at most one separator of decimals."""
    pieces = re.split("([,'.])", number)
    whole, decimals = pieces[0], None
    separators = pieces[1::2]
    for sep, run in zip(separators, pieces[2::2]):
        if decimals is not None:
            return None  # nothing comes after decimals
        alone = len(separators) == 1 and sep != "'" and unit
        if len(run) == 3 and not alone:
            whole += run
        elif sep == "'":
            return None
        else:
            decimals = run
    decimals = decimals or ""
    if len(whole + decimals) > 1000:  # far beyond 64 bits, or nobody's price
        return None
    return int(whole + decimals) * _UNITS[unit] // 10 ** len(decimals)


# --- kinds, tags, places ----------------------------------------------------

_JOINED = re.compile(r"\s*[/,&]\s*|\s+and\s+")


def _kind(value):
    one = text.folded(value)
    return {"buyers": "buyer", "sellers": "seller"}.get(one, one)


def lead_type(value):
    """As it is compared: folded."""
    if isinstance(value, str):
        typed = text.folded(value)
        kinds = {_kind(x) for x in _JOINED.split(typed)}
        read = "both" if kinds == {"buyer", "seller"} else _kind(value)
        return read, None if read == typed else "read"
    if not isinstance(value, list) \
            or not all(isinstance(x, str) for x in value):
        return None, "ignored"
    kinds = {_kind(x) for x in value if trimmed(x)}
    if kinds == {"buyer", "seller"}:
        return "both", "read"
    return (kinds.pop(), "read") if len(kinds) == 1 else (None, "ignored")


def tags(value):
    """A text of tags, as a list."""
    found = [trimmed(x) for x in re.split("[,;|]", value)]
    return [x for x in found if x]


def zip_(value):
    """As it came; a number is its digits."""
    if type(value) is int:
        return str(value), "read"
    return (value, None) if isinstance(value, str) else (None, "ignored")


@functools.lru_cache(maxsize=None)
def zip_key(value, region):
    """As it is compared."""
    value = text.folded(value).replace(" ", "").replace("-", "")
    if region == "US" and value.isascii() and value.isdigit():
        if len(value) in (3, 4):
            value = value.zfill(5)
        elif len(value) == 9:
            value = value[:5]
    return value


STATES = {
    "alabama": "al", "alaska": "ak", "arizona": "az", "arkansas": "ar",
    "california": "ca", "colorado": "co", "connecticut": "ct",
    "delaware": "de", "florida": "fl", "georgia": "ga", "hawaii": "hi",
    "idaho": "id", "illinois": "il", "indiana": "in", "iowa": "ia",
    "kansas": "ks", "kentucky": "ky", "louisiana": "la", "maine": "me",
    "maryland": "md", "massachusetts": "ma", "michigan": "mi",
    "minnesota": "mn", "mississippi": "ms", "missouri": "mo",
    "montana": "mt", "nebraska": "ne", "nevada": "nv",
    "new hampshire": "nh", "new jersey": "nj", "new mexico": "nm",
    "new york": "ny", "north carolina": "nc", "north dakota": "nd",
    "ohio": "oh", "oklahoma": "ok", "oregon": "or", "pennsylvania": "pa",
    "rhode island": "ri", "south carolina": "sc", "south dakota": "sd",
    "tennessee": "tn", "texas": "tx", "utah": "ut", "vermont": "vt",
    "virginia": "va", "washington": "wa", "west virginia": "wv",
    "wisconsin": "wi", "wyoming": "wy", "district of columbia": "dc",
    "puerto rico": "pr", "american samoa": "as", "guam": "gu",
    "northern mariana islands": "mp", "u.s. virgin islands": "vi",
    "us virgin islands": "vi", "virgin islands": "vi",
}
_CODES = frozenset(STATES.values())


@functools.lru_cache(maxsize=None)
def state_key(value, region):
    """As it is compared."""
    value = text.folded(value)
    if region != "US":
        return value
    if value in STATES:
        return STATES[value]
    short = re.fullmatch(r"us-([a-z]{2})|([a-z])\.([a-z])\.", value)
    code = "".join(filter(None, short.groups())) if short else None
    return code if code in _CODES else value


def language_key(value):
    return text.folded(value).replace("_", "-")


# --- outcomes ---------------------------------------------------------------

def tag_key(value):
    """R38: an outcome's tag as it is compared."""
    return re.sub("[ -]", "_", text.folded(value))
