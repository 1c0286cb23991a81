// The shell: which office, which page, light or dark, and what was just done.
import {html, render, useEffect, useRef, useState} from "./preact.js";
import {ask, sign_in, useLive} from "./live.js";
import {forget_who} from "./actions.js";
import {Here, link} from "./ui.js";
import {NowPage} from "./now.js";
import {LeadPage, LeadsPage} from "./lead.js";
import {DayPage} from "./day.js";
import {CallsPage} from "./calls.js";
import {FairnessPage} from "./fairness.js";
import {RulesPage} from "./rules.js";
import {HealthPage} from "./health.js";

const icons = {
  now: "M4 13h4l2-7 4 12 2-5h4",
  leads: "M16 19v-1.5a3.5 3.5 0 0 0-3.5-3.5h-5A3.5 3.5 0 0 0 4 17.5V19M10 10.5a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4M20 19v-1.5a3.5 3.5 0 0 0-2.6-3.4",
  day: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  calls: "M6 4h3l2 5-2.2 1.4a11 11 0 0 0 4.8 4.8L15 13l5 2v3a2 2 0 0 1-2 2A15 15 0 0 1 4 6a2 2 0 0 1 2-2z",
  fairness: "M12 4v16M7 20h10M5 8h14M5 8l-2.5 6a3 3 0 0 0 5 0zM19 8l-2.5 6a3 3 0 0 0 5 0z",
  rules: "M5 6h10M5 12h14M5 18h8M18 4v4M10 10v4M16 16v4",
  health: "M12 20s-7.5-4.6-7.5-10A4.3 4.3 0 0 1 12 7.4 4.3 4.3 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z",
};
const pages = [
  ["now", "Now", NowPage], ["leads", "Leads", LeadsPage], ["day", "My day", DayPage],
  ["calls", "Calls", CallsPage], ["fairness", "Fairness", FairnessPage],
  ["rules", "Rules", RulesPage], ["health", "Health", HealthPage],
];

const Icon = ({name}) => html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d=${icons[name]}/></svg>`;

function useRoute() {
  const read = () => {
    const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
    return {parts: path.split("/").filter(Boolean).map(p => {
      try { return decodeURIComponent(p); } catch { return p; }
    }), query: new URLSearchParams(query || "")};
  };
  const [route, set] = useState(read());
  useEffect(() => {
    const moved = () => set(read());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return route;
}

function useTheme() {
  const [theme, set] = useState(localStorage.getItem("theme") || "auto");
  useEffect(() => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  return [theme, set];
}

const SignIn = ({again}) => {
  const [text, set] = useState("");
  const [failed, fail] = useState("");
  const enter = e => {
    e.preventDefault();
    sign_in(text.trim()).then(() => { forget_who(); again(); }, x => fail(x.message));
  };
  return html`<main id="main"><form class="page" style=${{maxWidth: "380px", margin: "12vh auto"}} onSubmit=${enter}>
    <h1>Fairlead</h1>
    <p class="muted">This service asks for a token. Whoever runs it has given you one.</p>
    <label>Token <input type="password" autocomplete="current-password" value=${text}
      onInput=${e => set(e.target.value)}/></label>
    ${failed ? html`<p class="bad" role="alert">${failed}</p>` : null}
    <button class="main" type="submit">Open the board</button></form></main>`;
};

const TeamPick = ({teams, team, page}) => html`
  <select aria-label="Office" value=${team}
    onChange=${e => { location.hash = link(e.target.value, page); }}>
    ${teams.map(t => html`<option key=${t.team_id} value=${t.team_id}>${t.name}</option>`)}</select>`;

function Board() {
  const route = useRoute();
  const [theme, set_theme] = useTheme();
  const [teams, set_teams] = useState(null);
  const [failed, set_failed] = useState(null);
  const [toasts, set_toasts] = useState([]);
  const [tries, again] = useState(0);
  const main = useRef(null);
  useEffect(() => {
    let timer;
    const load = () => ask("/v1/teams").then(
      found => { set_teams(found.teams); set_failed(null); timer = setTimeout(load, found.teams.length ? 30000 : 1500); },
      e => { set_failed(e); if (e.status !== 401) timer = setTimeout(load, 2000); });
    load();
    return () => clearTimeout(timer);
  }, [tries]);
  const team = route.parts[0] || (teams && teams.length ? teams[0].team_id : "");
  const name = route.parts[1] || "now";
  const here = teams && teams.find(t => t.team_id === team);
  const needs = useLive(here ? team : "", "needs");
  useEffect(() => {
    const title = (pages.find(p => p[0] === name) || ["", "Lead"])[1];
    document.title = `${title} · ${here ? here.name : "Fairlead"}`;
  }, [name, here && here.name]);
  const path = route.parts.slice(0, 3).join("/");
  const first = useRef(true);
  const find = useRef(false); // the page that comes is to be searched
  useEffect(() => {
    if (first.current) { first.current = false; return; }
    const box = find.current && document.getElementById("find");
    find.current = false;
    const h1 = main.current && main.current.querySelector("h1");
    if (box) box.focus();
    else if (h1) h1.focus({preventScroll: true});
    scrollTo(0, 0);
  }, [path]);
  useEffect(() => {
    const key = e => {
      if (e.key !== "/" || /^(input|textarea|select)$/i.test(e.target.tagName)) return;
      e.preventDefault();
      const box = document.getElementById("find");
      if (box) { box.focus(); return; }
      find.current = true;
      location.hash = link(team, "leads");
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [team]);

  if (failed && failed.status === 401)
    return html`<${SignIn} again=${() => again(tries + 1)}/>`;
  if (!teams)
    return html`<main><p class="muted" role="status">${failed ? failed.message + " Trying again." : "Opening the board…"}</p></main>`;
  const say = (text, tone) => {
    const toast = {id: Math.random(), text, tone};
    set_toasts(all => [...all.slice(-3), toast]);
    setTimeout(() => set_toasts(all => all.filter(t => t !== toast)), 7000);
  };
  const page = pages.find(p => p[0] === name);
  const Page = name === "lead" ? LeadPage : page ? page[2] : NowPage;
  const alarms = needs.view ? needs.view.waiting + needs.view.tasks_overdue : 0;
  return html`<${Here.Provider} value=${{team, zone: here ? here.time_zone : "UTC", say, office: here}}>
    <a class="skip" href="#main" onClick=${e => { e.preventDefault(); main.current.focus(); }}>To the content</a>
    <div class="shell">
      <div class="side">
        <div class="brand"><img src="/web/icon.svg" alt=""/>Fairlead</div>
        <div class="pick"><${TeamPick} teams=${teams} team=${team} page=${name === "lead" ? "leads" : name}/></div>
        <nav aria-label="Pages">${pages.map(([id, title]) => html`
          <a key=${id} href=${link(team, id)} aria-current=${name === id || (name === "lead" && id === "leads") ? "page" : null}>
            <${Icon} name=${id}/>${title}${id === "now" && alarms ? html`<span class="badge" aria-label=${alarms + " need somebody"}>${alarms}</span>` : null}</a>`)}</nav>
        <div class="foot"><label class="small muted" for="theme">Appearance</label>
          <select id="theme" class="small" value=${theme} onChange=${e => set_theme(e.target.value)}>
            <option value="auto">as the system</option><option value="light">light</option><option value="dark">dark</option></select></div>
      </div>
      <div>
        <div class="mobile-top"><img src="/web/icon.svg" alt=""/>
          <${TeamPick} teams=${teams} team=${team} page=${name === "lead" ? "leads" : name}/></div>
        <main id="main" tabindex="-1" ref=${main}>${here
          ? html`<${Page} key=${team + "/" + name + "/" + (name === "lead" || name === "day" ? route.parts[2] || "" : "")} parts=${route.parts.slice(2)} query=${route.query}/>`
          : html`<${NoOffice} teams=${teams} team=${team}/>`}</main>
      </div>
    </div>
    <div class="toasts" role="status" aria-live="polite">${toasts.map(t => html`<div key=${t.id} class=${"toast " + (t.tone || "")}>${t.text}</div>`)}</div>
  </${Here.Provider}>`;
}

const NoOffice = ({teams, team}) => html`<div class="page"><h1 tabindex="-1">${teams.length ? "No such office" : "No office yet"}</h1>
  <p class="muted">${teams.length ? `There is no office ${team}.`
    : "An office begins with its document: publish a team.configured event, and it stands here."}</p></div>`;

const board = document.getElementById("board");
board.replaceChildren(); // what it said until now
render(html`<${Board}/>`, board);
