#!/usr/bin/python3
"""Every page of the board in Chromium, headless.

usage: pages_test.py PROGRAM SCREENSHOTS [TEST]...
"""

import json
import pathlib
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from office import Office

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))

import load  # noqa: E402  (tests/bench)

PROGRAM, PICTURES = "", pathlib.Path()
HERE = pathlib.Path(__file__).resolve().parent
PAGES = ["now", "leads", "lead/h-02", "day", "day/ana", "calls", "fairness", "rules", "health"]
HOSTILE = '<img src=x onerror="document.title=\'stolen\'"><script>alert(1)</script>'


def browser():
    options = Options()
    for a in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
              "--disable-dev-shm-usage", "--force-device-scale-factor=1"):
        options.add_argument(a)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


class Pages(unittest.TestCase):
    """Its browser, and the ways to look at a page."""

    @classmethod
    def setUpClass(cls):
        cls.chrome = browser()

    @classmethod
    def tearDownClass(cls):
        cls.chrome.quit()

    def look(self, width=1440, height=1000, dark=False):
        self.chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        self.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def go(self, office, team, page):
        self.chrome.get(f"{office.url}/#/{team}/{page}")
        self.until(lambda: self.all("main h1"), f"the page {page}")
        # Live pages say that they are, and others have got their answer.
        self.until(lambda: not self.shows("connecting…") and not self.shows("Looking…")
                   and not self.shows("Opening the board"), f"what {page} shows")

    def until(self, true, what, wait_s=25):
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            try:
                found = true()
                if found:
                    return found
            except (StaleElementReferenceException, WebDriverException):
                pass
            time.sleep(0.05)
        self.chrome.save_screenshot(str(PICTURES / "failed.png"))
        raise AssertionError(f"{what} did not come; the page says: {self.text()[:600]}")

    def all(self, css):
        return self.chrome.find_elements(By.CSS_SELECTOR, css)

    def text(self):
        return self.chrome.find_element(By.TAG_NAME, "body").text

    def shows(self, text):
        return text in self.text()

    def picture(self, name):
        self.chrome.save_screenshot(str(PICTURES / f"{name}.png"))

    def complaints(self):
        return [x["message"] for x in self.chrome.get_log("browser") if x["level"] == "SEVERE"]

    def press(self, text):
        button = self.until(lambda: [b for b in self.all("main button") if b.text == text],
                            f"the button {text}")[0]
        self.chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def is_live(self):
        return self.all(".live") and self.all(".live")[0].text == "live"

    def serious(self):
        """What axe-core finds that keeps people out."""
        self.chrome.execute_script((HERE / "vendor" / "axe.min.js").read_text())
        return self.chrome.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']})"
            ".then(r => done(r.violations.filter(v => /serious|critical/.test(v.impact))"
            ".map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html + ' '"
            " + (n.any[0] || {message: ''}).message).join('; '))))")

    def change_to(self, box, text):
        """As if somebody had typed it."""
        self.chrome.execute_script(
            "arguments[0].value = arguments[1];"
            "arguments[0].dispatchEvent(new Event('input', {bubbles: true}))", box, text)

    def by_label(self, label):
        return self.all(f'[aria-label="{label}"]')


class Morning(Pages):
    """The sample morning."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = Office.morning(PROGRAM)

    @classmethod
    def tearDownClass(cls):
        cls.office.stop()
        super().tearDownClass()

    def test_every_page_at_every_width_in_light_and_dark(self):
        self.chrome.get("about:blank")
        for turn, (width, height) in enumerate(((360, 740), (1440, 1000), (1920, 1080))):
            for page in PAGES:
                dark = (PAGES.index(page) + turn) % 2 == 1
                self.look(width, height, dark)
                self.go(self.office, "harbor", page)
                with self.subTest(page=page, width=width):
                    wide = self.chrome.execute_script(
                        "return document.documentElement.scrollWidth")
                    self.assertLessEqual(wide, width, "the page scrolls sideways")
                    self.picture(f"{page.replace('/', '-')}-{width}{'-dark' if dark else ''}")
        self.assertEqual(self.complaints(), [])

    def test_nothing_keeps_people_out(self):
        for page in PAGES:
            for dark in (False, True):
                self.look(1280, 900, dark)
                self.go(self.office, "harbor", page)
                with self.subTest(page=page, dark=dark):
                    self.assertEqual(self.serious(), [])

    def test_what_happens_shows_without_a_reload(self):
        self.look()
        self.go(self.office, "harbor", "now")
        self.until(lambda: self.shows("Just now"), "the page Now")
        self.chrome.execute_script("document.querySelector('.tiles').dataset.kept = 'yes'")
        self.office.send("harbor", "lead.received", {
            "lead_id": "live-1", "contact": {"name": "Robin Hill", "phone": "+12125550142"},
            "source": "zillow", "lead_type": "buyer"})
        self.until(lambda: self.shows("Robin Hill"), "the new lead", 15)
        self.assertTrue(self.all(".tiles[data-kept=yes]"), "the page was made anew")

    def test_a_lead_is_given_to_somebody_else(self):
        self.look()
        self.office.send("harbor", "lead.received", {
            "lead_id": "act-1", "contact": {"name": "Pat Moss"}, "assigned_agent": "ana"})
        self.go(self.office, "harbor", "lead/act-1")
        self.until(lambda: self.shows("belongs to Ana Diaz"), "the owner")
        Select(self.by_label("Give Pat Moss to")[0]).select_by_visible_text("Ben Okoro")
        self.until(lambda: self.shows("belongs to Ben Okoro"), "the new owner")
        self.assertEqual(
            self.office.get("/v1/teams/harbor/owner?lead=act-1")["owner"]["agent_id"], "ben")
        self.until(lambda: self.shows("assigned by hand"), "what came of it")

    def test_a_lead_is_closed(self):
        self.look()
        self.office.send("harbor", "lead.received", {
            "lead_id": "act-2", "contact": {"name": "Sid Vale"}, "assigned_agent": "ana"})
        self.go(self.office, "harbor", "lead/act-2")
        self.until(lambda: self.shows("belongs to Ana Diaz"), "the lead")
        self.press("Close")
        self.until(lambda: self.all(".head .chip") and self.all(".head .chip")[0].text == "closed",
                   "that it is closed")

    def test_a_task_is_done(self):
        self.look()
        before = self.office.get("/v1/teams/harbor/tasks")["tasks"]
        self.assertTrue(before, "the morning leaves a task")
        self.go(self.office, "harbor", "lead/" + before[0]["lead_id"])
        self.until(lambda: self.shows(before[0]["title"]), "the task")
        self.press("Done")
        self.until(lambda: before[0]["task_id"] not in
                   [t["task_id"] for t in self.office.get("/v1/teams/harbor/tasks")["tasks"]],
                   "that it is done")

    def test_somebody_is_off_and_on_and_away(self):
        self.look(390, 844)
        self.go(self.office, "harbor", "day/dan")
        toggle = lambda: self.all('[role=switch]')[0]
        self.until(lambda: toggle().get_attribute("aria-checked") == "true", "the switch")
        toggle().click()
        self.until(lambda: toggle().get_attribute("aria-checked") == "false", "that leads are off")
        self.assertFalse(self.office.get("/v1/teams/harbor/agents/dan")["accepting_leads"])
        toggle().click()
        self.until(lambda: toggle().get_attribute("aria-checked") == "true", "that leads are on")
        self.press("Away 1 h")
        self.until(lambda: [b for b in self.all("main button") if b.text == "I am back"],
                          "that they are away")
        self.press("I am back")
        self.until(lambda: not [b for b in self.all("main button") if b.text == "I am back"],
                   "that they are back")

    def test_rules_are_checked_and_published(self):
        self.look()
        self.go(self.office, "pacific", "rules")
        self.press("Change…")
        box = self.until(lambda: self.all("textarea"), "the document")[0]
        text = box.get_attribute("value")
        publish = [b for b in self.all("main button") if b.text == "Check and publish"][0]
        self.change_to(box, text.replace('"America/Los_Angeles"', '"America/Nowhere"'))
        publish.click()
        self.until(lambda: self.shows("/data/time_zone"), "the fault, by field")
        self.change_to(box, text)
        publish.click()
        self.until(lambda: self.shows("version 2 is in force"), "the new version")

    def test_rules_are_tried_before_they_are_published(self):
        for width, dark in ((1440, False), (360, True)):
            self.look(width, 1000, dark)
            self.go(self.office, "harbor", "rules")
            self.press("Change…")
            box = self.until(lambda: self.all("textarea"), "the document")[0]
            text = box.get_attribute("value")
            self.press("Try on the last 7 days")
            self.until(lambda: self.shows("No lead would have gone to somebody else"), "no difference")
            self.assertTrue(self.shows("(100 %)"))
            self.change_to(box, text.replace('"weight": 3', '"weight": 1'))
            self.until(lambda: not self.all("#tried"), "that the old answer is gone")
            self.press("Try on the last 7 days")
            self.until(lambda: self.shows("would have gone to somebody else"), "the difference")
            self.assertEqual(self.serious(), [])
            self.assertLessEqual(self.chrome.execute_script(
                "return document.documentElement.scrollWidth"), width)
            self.chrome.execute_script("document.getElementById('tried').scrollIntoView()")
            self.picture(f"rules-tried-{width}{'-dark' if dark else ''}")
            self.assertFalse(self.shows("undefined") or self.shows("NaN"))
            self.press("Cancel")

    def test_what_strangers_type_is_text(self):
        self.look()
        self.office.send("harbor", "lead.received", {
            "lead_id": HOSTILE, "contact": {"name": HOSTILE}, "source": HOSTILE, "city": HOSTILE,
            "tags": [HOSTILE]})
        self.office.send("harbor", "lead.closed", {"lead_id": HOSTILE + "2"}, HOSTILE)
        for page in ("now", "leads", "lead/" + urllib.parse.quote(HOSTILE, safe=""), "fairness", "health"):
            self.go(self.office, "harbor", page)
            if page == "health":
                self.press("original")
            if page != "fairness":
                self.until(lambda: self.shows("<img src=x"), f"the name on {page}")
            self.assertFalse(self.all("img[src=x]") or self.all("main script"), page)
            self.assertNotIn("stolen", self.chrome.title)

    def test_the_keyboard_gets_everywhere(self):
        self.look()
        self.go(self.office, "harbor", "now")
        body = self.chrome.find_element(By.TAG_NAME, "body")
        body.send_keys("/")
        self.until(lambda: self.chrome.switch_to.active_element.get_attribute("id") == "find",
                   "the search")
        self.chrome.switch_to.active_element.send_keys("Lee Park")
        self.until(lambda: self.all("tbody tr") and len(self.all("tbody tr")) == 1
                   and self.shows("Lee Park"), "what was found")
        self.chrome.switch_to.active_element.send_keys(Keys.TAB)
        focused = self.chrome.switch_to.active_element
        for _ in range(6):
            if focused.tag_name == "a" and focused.text == "Lee Park":
                break
            focused.send_keys(Keys.TAB)
            focused = self.chrome.switch_to.active_element
        focused.send_keys(Keys.ENTER)
        self.until(lambda: "lead/h-02" in self.chrome.current_url and self.shows("belongs to"),
                   "the lead")


class Running(Pages):
    """The sample office at its usual speed, in which a phone rings for seconds."""

    def test_a_call_rings_and_is_seen(self):
        office = Office.morning(PROGRAM)
        try:
            self.look(1440, 960)
            office.send("harbor", "lead.received", {
                "lead_id": "ring-1", "contact": {"name": "Lena Ford", "phone": "+12125550144"},
                "assigned_agent": "ana"})
            self.go(office, "harbor", "now")
            office.send("harbor", "transfer.requested", {"call_id": "ring-1", "lead_id": "ring-1"})
            self.until(lambda: self.shows("On the line") and self.shows(" of 20"),
                       "that it rings")
            self.picture("morning-now")
            self.go(office, "harbor", "lead/ring-1")
            self.until(lambda: self.all(".cascade .track i.good"), "that it was answered")
            self.assertIn("Ana Diaz", self.all(".cascade")[0].text)
            self.picture("lead-call")
        finally:
            office.stop()


class Empty(Pages):
    """An office in which nothing has happened, and a service that goes away."""

    def test_every_page_says_that_nothing_is_there(self):
        with Office.for_a_test(PROGRAM) as office:
            self.look()
            self.chrome.get(office.url)
            self.until(lambda: self.shows("No office yet"), "the empty board")
            office.open_acme()
            for page in PAGES:
                self.go(office, "acme", page)
                self.assertFalse(self.shows("undefined") or self.shows("NaN"), page)
                self.picture(f"empty-{page.replace('/', '-')}")

    def test_a_broken_connection_is_said_and_mended(self):
        with Office.for_a_test(PROGRAM) as office:
            office.open_acme()
            self.look()
            self.go(office, "acme", "now")
            self.until(self.is_live, "life")
            office.stop()
            self.until(lambda: self.shows("no connection") and self.shows("Trying again"),
                       "that the connection is broken")
            self.assertTrue(self.shows("Needs somebody"), "what was there is gone")
            self.picture("broken")
            office.start_again(PROGRAM)
            self.until(lambda: self.is_live() and not self.shows("Trying again"),
                       "that it is back")


class Many(Pages):
    """An office with 50 000 leads."""

    LEADS = 50_000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = tempfile.TemporaryDirectory()
        cls.office = Office.empty(PROGRAM, cls.folder.name)
        cls.day = load.Day("uniform", teams=1)
        (cls.team,) = cls.day.teams
        cls.office.publish_all([e for _, e in load.roster(cls.day.teams)])
        cls.office.publish_all([e for _, e in cls.day.some(cls.LEADS)])
        cls.office.until(lambda: cls.office.get("/v1/system")["behind"] == 0
                         and cls.office.get("/v1/teams")["teams"][0]["leads"] == cls.LEADS,
                         "all leads", 120)

    @classmethod
    def tearDownClass(cls):
        cls.office.stop()
        cls.folder.cleanup()
        super().tearDownClass()

    def test_pages_come_soon(self):
        for page in ("now", "leads", "day/a03", "fairness", "health"):
            self.look(*((390, 844) if page.startswith("day") else (1440, 1000)))
            with self.subTest(page=page):
                began = time.monotonic()
                self.go(self.office, self.team, page)
                self.assertLess(time.monotonic() - began, 5)
                self.assertFalse(self.shows("undefined") or self.shows("NaN"))
                self.picture(f"many-{page.replace('/', '-')}")

    def test_one_of_many_is_found(self):
        self.look()
        self.go(self.office, self.team, "leads")
        rows = lambda: len(self.all("tbody tr"))
        self.until(lambda: rows() == 60, "the first leads")
        self.press("More")
        self.until(lambda: rows() == 120, "more leads")
        find = self.chrome.find_element(By.ID, "find")
        last = self.LEADS - 1000
        find.send_keys(load.phone(last, 1))
        self.until(lambda: rows() >= 1 and self.shows(f"Kim Roe {last}"), "who has this phone")
        find.clear()
        # A piece of a name is looked for among 20 000 leads at a time.
        find.send_keys("Nobody At All")
        self.until(lambda: self.shows("No lead fits"), "that nobody is there yet")
        self.press("Look further")
        self.press("Look further")
        self.until(lambda: self.shows("No lead fits")
                   and not [b for b in self.all("main button") if b.text == "Look further"],
                   "the end of the list")


class Slow(Pages):
    """A connection that is slow, and one that is gone for a while."""

    def network(self, **conditions):
        self.chrome.execute_cdp_cmd("Network.enable", {})
        self.chrome.execute_cdp_cmd("Network.emulateNetworkConditions", {
            "offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
            **conditions})

    def test_a_slow_connection_is_said_and_usable(self):
        with Office.for_a_test(PROGRAM) as office:
            office.open_acme()
            for agent, name in (("ana", "Ana Diaz"), ("ben", "Ben Okoro")):
                office.send("acme", "agent.configured", {"agent_id": agent, "name": name})
            office.send("acme", "lead.received", {
                "lead_id": "slow-1", "contact": {"name": "Sloan Hill"}, "assigned_agent": "ana"})
            self.look(390, 844)
            self.go(office, "acme", "now")
            # A phone at the edge of a cell.
            self.network(latency=2500, downloadThroughput=40_000, uploadThroughput=10_000)
            self.chrome.execute_script("location.hash = '#/acme/lead/slow-1'")
            self.until(lambda: self.shows("slow connection"), "that it is slow")
            self.until(lambda: self.shows("belongs to Ana Diaz"), "the lead")
            self.picture("slow")
            Select(self.by_label("Give Sloan Hill to")[0]).select_by_visible_text("Ben Okoro")
            self.until(lambda: self.shows("belongs to Ben Okoro"), "the new owner")
            self.network()
            self.chrome.execute_script("location.hash = '#/acme/now'")
            self.until(self.is_live, "that it is fast again")


class SignedIn(Pages):
    """Somebody with a token."""

    def test_what_is_done_names_who_did_it(self):
        tokens = ({"token": "boss-0123456789", "name": "boss", "role": "operator"},
                  {"token": "olivia-0123456789", "name": "Olivia (office)", "role": "manager",
                   "team": "acme"})
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "tokens"
            file.write_text("".join(json.dumps(t) + "\n" for t in tokens))
            office = Office.empty(PROGRAM, folder + "/log", "--http-token-file", str(file))
            boss = {"Authorization": "Bearer boss-0123456789"}

            def ask(path, body=None, **more):
                request = urllib.request.Request(office.url + path, body, {**boss, **more})
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return json.loads(answer.read())
            try:
                for kind, data in (("team.configured", {"team_id": "acme", "account_owner": "ana"}),
                                   ("agent.configured", {"agent_id": "ana", "name": "Ana Diaz"})):
                    (found,) = ask("/v1/events?wait_s=3", json.dumps({
                        "specversion": "1.0", "id": kind, "source": "/test", "type": kind,
                        "partitionkey": "acme", "data": data}).encode(),
                        **{"Content-Type": "application/cloudevents+json"})["events"]
                    self.assertEqual(found["state"], "done")
                self.look(390, 844)
                self.chrome.get(f"{office.url}/#/acme/day/ana")
                self.until(lambda: self.all("input[type=password]"), "the question for a token")
                self.all("input[type=password]")[0].send_keys("olivia-0123456789", Keys.ENTER)
                toggle = lambda: self.all("[role=switch]")[0]
                self.until(lambda: self.all("[role=switch]"), "the switch")
                self.assertEqual(toggle().get_attribute("aria-checked"), "true")
                toggle().click()
                self.until(lambda: toggle().get_attribute("aria-checked") == "false", "that it is off")
                sent = ask("/v1/topics/roster/records?team=acme")["records"][-1]["event"]
                self.assertEqual(sent["source"], "/board/Olivia%20%28office%29")
            finally:
                office.stop()


if __name__ == "__main__":
    PROGRAM, PICTURES = sys.argv[1], pathlib.Path(sys.argv[2])
    PICTURES.mkdir(parents=True, exist_ok=True)
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
