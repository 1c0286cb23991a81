"""R53 and the contract's small print: reading what people type."""

import json

from rules import text, typed

from .support import *  # noqa: F403


class Reading(Case):
    def test_prices(self):
        for value, expected, said in (
                (2500000, 2500000, None), (2500000.0, 2500000, "read"),
                (300.9, 300, "read"), (-2.5, -3, "read"), (-1, -1, None),
                ("2,500,000", 2500000, "read"), ("$2.5M", 2500000, "read"),
                ("450k", 450000, "read"), ("450.000", 450000, "read"),
                ("450.00", 450, "read"), ("1,5m", 1500000, "read"),
                ("USD 300,000 - 400,000", 300000, "read"),
                ("negotiable", None, "ignored"),
                ("$1.125M", 1125000, "read"), ("300-400k", 300000, "read"),
                ("2.5 mio", None, "ignored"), ("450000", 450000, "read"),
                ("300 to 400", 300, "read"), ("300k TO 1m", 300000, "read"),
                ("\u20ac 300\u2013400", 300, "read"),
                ("1'234'567", 1234567, "read"), ("1 234 567", 1234567, "read"),
                ("1.234.567,89", 1234567, "read"),
                ("1,234.56", 1234, "read"), ("0.5k", 500, "read"),
                ("1,234.5k", 1234500, "read"), ("300,000EUR", 300000, "read"),
                ("usd 300", None, "ignored"), ("-5", None, "ignored"),
                ("1,23,4", None, "ignored"), ("1.5,000", None, "ignored"),
                ("9223372036854775807", 2**63 - 1, "read"),
                ("9223372036854775808", None, "ignored"),
                (2**63, None, "ignored"), (True, None, "ignored"),
                ([1], None, "ignored"), ("300-400-500", None, "ignored"),
                ("300 - many", None, "ignored"), ("\u0663", None, "ignored")):
            # R53, as JSON writes it.
            found = typed.price(text.read_json(json.dumps(value).encode()),
                                json.dumps(value))
            self.assertEqual(found, (expected, said), value)

    def test_numbers_as_they_are_written(self):
        for written, expected in (
                ("1e400", (None, "ignored")), ("-0", (0, None)),
                ("1e" + "9" * 30, (None, "ignored")),
                ("0e99", (0, "read")), ("0.1e1", (1, "read")),
                ("-1e-400", (-1, "read")), ("9" * 5000, (None, "ignored")),
                ("9223372036854775807.9", (2**63 - 1, "read"))):
            self.assertEqual(typed.price(text.read_json(written.encode()),
                                         written), expected, written)

    def test_phones(self):
        def phone(number, extension=None):
            return text.Number("+1" + number, extension)
        for value, expected, said in (
                ("512-555-0142", phone("5125550142"), None),
                (5125550142, phone("5125550142"), "read"),
                ("512-555-0142 (cell)", phone("5125550142"), "read"),
                ("512-555-0142 or 512-555-0143", phone("5125550142"), "read"),
                ("+1 512 555 0142 x12", phone("5125550142", "12"), None),
                ("555-0142 or 512-555-0143", phone("5125550143"), "read"),
                ("x" * 250 + " 512-555-0142", None, "ignored"),
                ("000-000-0000", phone("0000000000"), None),
                ("n/a", None, "ignored"), ("911", None, "ignored"),
                (5.5, None, "ignored"), (True, None, "ignored")):
            found = typed.phone(text.read_json(json.dumps(value).encode()),
                                "US")
            self.assertEqual(found, (expected, said), value)

    def test_numbers_that_nobody_has(self):
        for number, expected in (
                ("0000000000", True), ("5555555555", True),
                ("1234567890", True), ("7890123456", True),
                ("9876543210", True), ("2109876543", True),
                ("0125550142", True), ("1125550142", True),
                ("5120550142", True), ("5121550142", True),
                ("5125550142", False), ("2345678902", False)):
            self.assertEqual(typed.placeholder(text.Number("+1" + number)),
                             expected, number)
        self.assertFalse(typed.placeholder(text.Number("+490000000000")))

    def test_e_mails(self):
        for value, expected, said in (
                ("Kim@X.example", "kim@x.example", None),
                (" kim@x.example\n", "kim@x.example", None),
                ("kim\u200b@x.example", "kim@x.example", None),
                ("Kim Roe <kim@x.example>", "kim@x.example", "read"),
                ("mailto:kim@x.example", "kim@x.example", "read"),
                ("kim@x.example, bo@x.example", "kim@x.example", "read"),
                ("kim@x.example;", "kim@x.example", "read"),
                ("Roe, K <mailto:K@x.example>", "k@x.example", "read"),
                ("n/a", None, "ignored"), ("a@b@c", None, "ignored"),
                ("kim @x.example", None, "ignored"), ("@x", None, "ignored"),
                ("x@", None, "ignored"), (5, None, "ignored")):
            self.assertEqual(typed.email(value), (expected, said), value)


class Contacts(Case):
    def warnings(self, **lead):
        out = office("ana").lead(1, "l", **lead)
        return one(out, "lead.assigned").get("warnings", [])

    def test_warnings_stand_in_the_contracts_order(self):
        self.assertEqual(self.warnings(
            quiet=5, opt_in="no", assigned_agent="gus", language=5,
            price="2.5M", zip=2903, state=5, tags=["x", 5, ""],
            lead_type="Buyers", contact={
                "forget": [5], "email": "n/a", "last_name": [],
                "phone": "000-000-0000 (none)", "name": 7}),
            ["ignored:/contact/name", "ignored:/contact/last_name",
             "read:/contact/phone", "unmatched:/contact/phone",
             "ignored:/contact/email", "ignored:/contact/forget",
             "read:/lead_type", "ignored:/tags/1", "read:/zip",
             "ignored:/state", "read:/price", "ignored:/language",
             "ignored:/opt_in", "ignored:/quiet", "unknown_agent"])

    def test_empty_texts_are_absent(self):
        self.assertEqual(self.warnings(
            source=" ", price="", tags=[" "], contact={
                "name": "\u00a0", "phone": "", "email": "\t"},
            assigned_agent=" ", quiet=""), [])

    def test_lists(self):
        self.assertEqual(self.warnings(tags=[5, None]), ["ignored:/tags"])
        self.assertEqual(self.warnings(tags="a; b"), ["read:/tags"])
        self.assertEqual(self.warnings(tags=[]), [])
        self.assertEqual(self.warnings(lead_type=["buyer", "renter"]),
                         ["ignored:/lead_type"])

    def test_names(self):
        h = office("ana")
        for seconds, contact, expected in (
                (1, {"first_name": " Kim ", "last_name": "Roe"}, "Kim Roe"),
                (2, {"name": 5, "last_name": "Poe"}, "Poe"),
                (3, {"name": "Lee", "first_name": "Kim"}, "Lee"),
                (4, {"name": ""}, "Lee")):
            h.lead(seconds, "l", contact=contact)
            out = h.transfer(seconds, f"c{seconds}", "l")
            self.assertEqual(data(out, "ring.requested")[0]["lead"],
                             {"name": expected})
            h.hang_up(seconds, f"c{seconds}")

    def test_what_cannot_be_read_replaces_nothing(self):
        h = office("ana")
        h.person(1, "l", "512 555 0177", "kim@x.example")
        h.person(2, "l", "n/a", "n/a", price="call")
        kept = h.engine.teams["acme"].leads["l"].kept
        self.assertEqual((kept["phone"][0].phone, kept["email"]),
                         ("+15125550177", ["kim@x.example"]))

    def test_the_last_five(self):
        h = office("ana", "ben")
        for i in range(1, 7):
            h.person(i, "l", f"512 555 010{i}")
        h.person(7, "l", "512-555-0103")  # given again: the latest
        kept = h.engine.teams["acme"].leads["l"].kept["phone"]
        self.assertEqual([n.phone[-1] for n in kept], list("36542"))
        # The first one leads nowhere any more.
        self.assertEqual(owners(h.person(8, "x", "512 555 0101")),
                         [("x", "ben", "rotation")])
        self.assertEqual(owners(h.person(9, "y", "512 555 0102")),
                         [("y", "ana", "existing_owner")])

    def test_a_placeholder_stands_behind(self):
        h = office("ana")
        h.person(1, "l", "512 555 0177")
        h.person(2, "l", "1234567890")
        ring = data(h.transfer(3, "c", "l"), "ring.requested")[0]
        self.assertEqual(ring["lead"], {"phone": "+15125550177"})
        h.hang_up(4, "c")
        h.person(5, "m", "1234567890")
        ring = data(h.transfer(6, "d", "m"), "ring.requested")[0]
        self.assertEqual(ring["lead"], {"phone": "+11234567890"})

    def test_forget(self):
        h = office("ana", "ben")
        h.person(1, "a", "512 555 0177", "kim@x.example")
        h.outcome(2, "c", "a", "opt_out")
        h.lead(3, "a", contact={"forget": ["(512) 555-0177",
                                           "KIM@x.example"]})
        self.assertEqual(owners(h.person(4, "b", "512 555 0177")),
                         [("b", "ben", "rotation")])
        # Not out of an opt-out.
        self.assertEqual(types(h.outreach(5, "b", "o")), ["outreach.refused"])

    def test_never_match(self):
        h = office("ana", "ben", never_match=[
            "512-555-0100", "Front.Desk@acme.example", "*@Office.example"])
        out = h.person(1, "a", "512 555 0100", "front.desk@ACME.example")
        self.assertEqual(one(out, "lead.assigned")["warnings"], [
            "unmatched:/contact/phone", "unmatched:/contact/email"])
        out = h.person(2, "b", "512 555 0100", "front.desk@acme.example")
        self.assertEqual(owners(out), [("b", "ben", "rotation")])
        for i in range(2):
            out = h.person(3 + i, f"c{i}", email="x@office.example")
            self.assertEqual(owners(out)[0][2], "rotation")

    def test_extensions_belong_to_the_number(self):
        h = office("ana", "ben")
        h.person(1, "a", "212 555 0150 x1")
        self.assertEqual(owners(h.person(2, "b", "212 555 0150 x2"))[0][2],
                         "rotation")
        self.assertEqual(owners(h.person(3, "c", "+12125550150;ext=1")),
                         [("c", "ana", "existing_owner")])

    def test_ids(self):
        h = office("ana")
        self.assertEqual(owners(h.lead(1, 1001))[0][0], "1001")
        self.assertEqual(told(h.lead(2, "\u00a01001 ")),
                         [("re_inquiry", "ana")])
        for value, reason in ((10.0, "wrong_type"), (-5, "wrong_type"),
                              ("  ", "invalid_value"), ("", "invalid_value"),
                              (None, "missing_field"), (True, "wrong_type")):
            self.assertEqual(types(h.lead(3, value)), [reason], value)
        out = h.raw('{"specversion":"1.0","id":"x","source":"/t","type":'
                    '"lead.received","partitionkey":"acme","data":'
                    '{"lead_id":1e3}}')
        self.assertEqual(types(out), ["wrong_type"])
