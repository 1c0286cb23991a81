"""JSON, ids, times and phone numbers, as the contract writes them."""

import functools
import json
import re
import sys
import unicodedata
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from json.decoder import scanstring
from typing import NamedTuple

import phonenumbers

sys.set_int_max_str_digits(0)  # an id may be written as a number

UNIT = "\x1f"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "fairlead")
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

# --- JSON -------------------------------------------------------------------
# An own reader, because `payload` and `context` come out as the text that
# went in, because it matters how a number is written (R53), and because
# Python's reader lets NaN and lone surrogates pass.

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_SPACE = re.compile(r"[ \t\n\r]*")


class NotJson(Exception):
    pass


class Whole(int):
    """A whole number that is written otherwise than by digits alone."""


class Raw:
    """A JSON text that is handed through unread."""

    def __init__(self, text):
        self.text = text


class Object(dict):
    """A JSON object that remembers the text of each of its values."""

    def __init__(self):
        super().__init__()
        self.text = {}


def read_json(octets):
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as e:
        raise NotJson(str(e)) from None
    try:
        value, at = _value(text, _SPACE.match(text, 0).end())
    except (ValueError, IndexError, RecursionError) as e:
        raise NotJson(str(e)) from None
    if _SPACE.match(text, at).end() != len(text):
        raise NotJson("text after the value")
    return value


def _value(s, i):
    c = s[i]
    if c == "{":
        return _object(s, i + 1)
    if c == "[":
        return _array(s, i + 1)
    if c == '"':
        return _string(s, i)
    for word, value in (("true", True), ("false", False), ("null", None)):
        if s.startswith(word, i):
            return value, i + len(word)
    number = _NUMBER.match(s, i)
    if not number:
        raise NotJson(f"unexpected {c!r}")
    return _number(number.group()), number.end()


def _number(text):
    """int: digits alone; Whole: -5, 1.0, 1e3; Decimal: with a fraction, or
    beyond any integer that is asked for."""
    if text.isdigit():
        return int(text)
    try:
        value = Decimal(text)
    except ArithmeticError:  # an exponent that nobody needs
        return Decimal("Infinity")
    if value == 0:
        return Whole(0)
    if value.adjusted() < 30 and value == value.to_integral_value():
        return Whole(value)
    return value


def _string(s, i):
    if s[i] != '"':
        raise NotJson("a name is missing")
    value, end = scanstring(s, i + 1, True)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise NotJson("half a surrogate pair") from None
    return value, end


def _object(s, i):
    result = Object()
    i = _SPACE.match(s, i).end()
    if s[i] == "}":
        return result, i + 1
    while True:
        name, i = _string(s, _SPACE.match(s, i).end())
        i = _SPACE.match(s, i).end()
        if s[i] != ":":
            raise NotJson("a colon is missing")
        start = _SPACE.match(s, i + 1).end()
        result[name], i = _value(s, start)
        result.text[name] = s[start:i]
        i = _SPACE.match(s, i).end()
        if s[i] == "}":
            return result, i + 1
        if s[i] != ",":
            raise NotJson("a comma is missing")
        i += 1


def _array(s, i):
    result = []
    i = _SPACE.match(s, i).end()
    if s[i] == "]":
        return result, i + 1
    while True:
        value, i = _value(s, _SPACE.match(s, i).end())
        result.append(value)
        i = _SPACE.match(s, i).end()
        if s[i] == "]":
            return result, i + 1
        if s[i] != ",":
            raise NotJson("a comma is missing")
        i += 1


def write_json(value):
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(
            json.dumps(k, ensure_ascii=False) + ":" + write_json(v)
            for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(write_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def is_int(value):
    """Integers in 64 bits; JSON's true and false are none."""
    return (isinstance(value, int) and not isinstance(value, bool)
            and INT64_MIN <= value <= INT64_MAX)


# --- ids --------------------------------------------------------------------

def is_id(text):
    return (1 <= len(text) <= 128
            and not any(unicodedata.category(c) == "Cc" for c in text))


def derived_id(*parts):
    return str(uuid.uuid5(NAMESPACE, UNIT.join(str(p) for p in parts)))


def in_bytes(text):
    """The order of ids: by their UTF-8 bytes."""
    return text.encode("utf-8")


# --- times: milliseconds since 1970 -----------------------------------------

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?"
                   r"(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)


LAST = (datetime(9999, 12, 31, tzinfo=timezone.utc) - _EPOCH) \
    // timedelta(milliseconds=1) + 86_400_000 - 1


def read_time(text):
    """RFC 3339 to milliseconds, or None."""
    match = isinstance(text, str) and _TIME.fullmatch(text)
    if not match:
        return None
    y, mo, d, h, mi, s, fraction, sign, oh, om = match.groups()
    leap = s == "60"  # a leap second is the first of the next minute
    try:
        at = datetime(*map(int, (y, mo, d, h, mi, "59" if leap else s)),
                      tzinfo=timezone.utc)
    except ValueError:
        return None
    ms = (at - _EPOCH) // timedelta(milliseconds=1) + 1000 * leap
    ms += int((fraction or "0").ljust(3, "0")[:3])
    if sign:
        if int(oh) > 23 or int(om) > 59:
            return None
        shift = (int(oh) * 60 + int(om)) * 60000
        ms += -shift if sign == "+" else shift
    return ms


def write_time(ms):
    ms = min(ms, LAST)  # four digits for a year
    at = _EPOCH + timedelta(milliseconds=ms)
    text = at.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    return f"{text}.{ms % 1000:03d}Z" if ms % 1000 else text + "Z"


# --- texts (R53) -------------------------------------------------------------

# Unicode's White_Space.
SPACES = "".join(map(chr, (*range(9, 14), 0x20, 0x85, 0xA0, 0x1680,
                           *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
                           0x205F, 0x3000)))
_RUN = re.compile(f"[{SPACES}]+")


def trimmed(text):
    return text.strip(SPACES)


def without_format(text):
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def without_spaces(text):
    return _RUN.sub("", text)


@functools.lru_cache(maxsize=4096)
def folded(text):
    """For comparison only: NFKD, full case folding, no accents, nothing
    invisible, one blank for a run of white space, ends trimmed."""
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(c for c in without_format(text)
                   if not "\u0300" <= c <= "\u036f")
    return trimmed(_RUN.sub(" ", text))


# --- phones -----------------------------------------------------------------

class Number(NamedTuple):
    """What is rung and compared: E.164 and its extension, or an endpoint."""
    phone: str = None
    extension: str = None
    endpoint: str = None

    def wire(self):
        return {k: v for k, v in self._asdict().items() if v is not None}


def _possible(number):
    """The contract: IS_POSSIBLE, and nothing less."""
    if (phonenumbers.is_possible_number_with_reason(number)
            != phonenumbers.ValidationResult.IS_POSSIBLE):
        return None
    return Number(phonenumbers.format_number(
        number, phonenumbers.PhoneNumberFormat.E164), number.extension or None)


@functools.lru_cache(maxsize=None)
def parsed_phone(text, region):
    """The number that the text is, or None if it does not parse."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return _possible(number)


@functools.lru_cache(maxsize=None)
def found_phone(text, region):
    """R53: the first possible number inside a text, or None."""
    for match in phonenumbers.PhoneNumberMatcher(
            text[:250], region, leniency=phonenumbers.Leniency.POSSIBLE):
        number = _possible(match.number)
        if number is not None:
            return number
    return None


def is_region(text):
    return text in phonenumbers.SUPPORTED_REGIONS
