// The manager's first page: who waits for somebody, who is there, what rings.
import {html, useState} from "./preact.js";
import {useLive, useNow} from "./live.js";
import {Chip, Do, Empty, Head, LeadLink, Panel, Reassign, Table, Trouble, link, useHere} from "./ui.js";
import {clock_text, count, day_and_time, lead_title, length_text, phone_text, plural, time_of_day, when} from "./words.js";
import * as actions from "./actions.js";

const tones = {ringing: "accent", on_call: "accent", busy: "accent", wrap_up: "accent", free: "good",
               paused: "warn", calls_off: "warn", leads_off: "warn"};
const signs = {ringing: "☎", on_call: "☎", busy: "☎", wrap_up: "✎", free: "●", away: "✈", off_duty: "☾",
               paused: "❚❚", calls_off: "❚❚", leads_off: "❚❚", inactive: "○", removed: "○"};

export const Status = ({a, now, zone}) => {
  const more = a.status === "ringing" || a.status === "on_call" ? a.since && clock_text(now - Date.parse(a.since))
    : a.status === "wrap_up" ? a.until && clock_text(Date.parse(a.until) - now)
    : a.until ? `to ${when(a.until, now, zone)}` : "";
  return html`<${Chip} tone=${tones[a.status]}><span aria-hidden="true">${signs[a.status]}</span>${a.text}${more ? " " + more : ""}</${Chip}>`;
};

export const Task = ({t, now, zone, agents, pools}) => {
  const {team} = useHere();
  const late = now - Date.parse(t.due_at);
  return html`<li class=${late > 0 ? "alarm" : ""}>
    <div class="what"><strong>${t.kind === "call_back" ? "Call back" : t.title}</strong>${" "}<${LeadLink} lead=${t}/>
      ${t.misses > 1 ? html` <span class="muted">missed ${t.misses} times</span>` : null}
      <div class="small muted">${t.assignee ? t.assignee.name : "nobody yet"}${t.phone ? " · " + phone_text(t.phone) : ""}</div></div>
    <span class=${late > 0 ? "bad small nowrap" : "side-note"}>${late > 0 ? `▲ ${length_text(late)} late` : `due ${when(t.due_at, now, zone)}`}</span>
    <div class="do"><${Do} act=${() => actions.task_done(team, t)} label=${`Done: ${t.title} for ${lead_title(t)}`}>Done</${Do}>
      ${agents ? html`<${Reassign} lead=${{...t, owner_epoch: undefined}} agents=${agents} pools=${pools}/>` : null}</div></li>`;
};

const legs_of = c => c.legs.filter(l => l.attempt === (c.legs.length ? c.legs[c.legs.length - 1].attempt : 0) || l.won);

export const Call = ({c, now, all_legs}) => {
  const who = legs_of(c).filter(l => l.rings).map(l => l.name).join(", ");
  const won = c.legs.find(l => l.won);
  const total = c.ring_timeout_s * 1000;
  const left = c.expires_at ? Date.parse(c.expires_at) - now : 0;
  const rung = Math.min(total, Math.max(0, total - left));
  const steps = {owner: "the owner", group: "the group", fallback: "a fallback number"};
  return html`<li>
    <div class="what">${c.lead.lead_id ? html`<strong><${LeadLink} lead=${c.lead}/></strong>` : "Somebody"}
      ${c.phase === "connected" ? html` <span class="muted">↔</span> ${won ? won.name : ""}`
        : c.phase === "ringing" ? html` <span class="muted">→</span> ${who || "…"} <span class="muted small">${steps[c.step] || ""}</span>`
        : html` <span class="muted">waits for somebody to get free</span>`}</div>
    ${c.phase === "connected" ? html`<${Chip} tone="good">on the line ${clock_text(now - Date.parse(c.connected))}</${Chip}>`
      : c.phase === "ringing" ? html`<span class="side-note">rings ${Math.round(rung / 1000)} s of ${c.ring_timeout_s}</span>
        <span class="bar" role="img" aria-label=${`${Math.round(rung / 1000)} of ${c.ring_timeout_s} seconds`}><i style=${{width: `${100 * rung / total}%`}}></i></span>`
      : html`<${Chip} tone="warn">waits ${clock_text(now - Date.parse(c.started))}</${Chip}>`}
    ${all_legs ? html`<div class="legs">${c.legs.map(l => html`<div class="leg" key=${l.leg_id}>
      <span>${l.attempt}.</span><b>${l.name}</b><span>${steps[l.step]}</span><span class=${l.won ? "good" : ""}>${l.end}</span></div>`)}</div>` : null}</li>`;
};

/** What a manager may do with somebody: pause, send away, bring back. */
const Change = ({a, now}) => {
  const {team, say} = useHere();
  const [busy, set] = useState(false);
  const away = hours => ({away_until: new Date(now + hours * 3600_000).toISOString()});
  const changes = {
    leads: {accepting_leads: !a.accepting_leads}, calls: {available_for_calls: !a.available_for_calls},
    h1: away(1), h4: away(4), h24: away(24), back: away(-0.001),
  };
  const pick = async e => {
    const select = e.target;
    if (!select.value) return;
    set(true);
    try {
      const found = await actions.toggle(team, a, changes[select.value]);
      say(actions.result_text(found), found.dead_letter ? "bad" : "");
    } catch (err) { say(err.message, "bad"); }
    select.value = "";
    set(false);
  };
  return html`<select class="small change" disabled=${busy} onChange=${pick} aria-label=${`Change ${a.name}`}>
    <option value="">Change…</option>
    <option value="leads">${a.accepting_leads ? "Pause leads" : "Resume leads"}</option>
    <option value="calls">${a.available_for_calls ? "Pause calls" : "Resume calls"}</option>
    <option value="h1">Away for 1 hour</option><option value="h4">Away for 4 hours</option><option value="h24">Away for a day</option>
    ${a.away ? html`<option value="back">Back now</option>` : null}</select>`;
};

const Tile = ({href, n, what, note, alarm}) => html`<a class=${"tile" + (alarm ? " alarm" : "")} href=${href}>
  <b>${count(n)}</b><span>${what}</span>${note ? html`<em class=${alarm ? "bad" : "muted"}>${note}</em>` : null}</a>`;

export function NowPage() {
  const {team, zone} = useHere();
  const state = useLive(team, "now");
  const now = useNow();
  const v = state.view;
  if (!v) return html`<div class="page"><${Head} title="Now" state=${state}/><${Trouble} state=${state}/></div>`;
  const ringing = v.calls.filter(c => c.phase !== "connected").length;
  const people = v.agents.filter(a => a.active);
  const free = people.filter(a => a.status === "free").length;
  const needs_any = v.waiting.length || v.tasks.length;
  return html`<div class="page">
    <${Head} title=${v.team.name} sub=${day_and_time(now, zone)} state=${state}/>
    <${Trouble} state=${state}/>
    <div class="tiles">
      <${Tile} href=${link(team, "leads") + "?state=waiting"} n=${v.needs.waiting} what="waiting for an owner" alarm=${v.needs.waiting > 0}/>
      <${Tile} href="#${team}" n=${v.needs.tasks_open} what="to be called back or done" alarm=${v.needs.tasks_overdue > 0}
        note=${v.needs.tasks_overdue ? `▲ ${v.needs.tasks_overdue} overdue` : "none overdue"}/>
      <${Tile} href=${link(team, "calls")} n=${v.calls.length} what="on the line" note=${`${ringing} ringing or waiting`}/>
      <${Tile} href=${link(team, "health")} n=${v.needs.dead_letters} what=${v.needs.dead_letters === 1 ? "letter unread" : "letters unread"} note=${v.needs.dead_letters ? "could not be processed" : ""}/>
    </div>
    <${Panel} title="Needs somebody">
      ${needs_any ? html`<ul class="rows">
        ${v.waiting.map(l => html`<li class="alarm" key=${"w" + l.lead_id}><div class="what"><strong>No owner:</strong>${" "}<${LeadLink} lead=${l}/>
          <div class="small muted">${[l.source, l.lead_type, l.city].filter(Boolean).join(" · ")}</div></div>
          <span class="side-note">since ${when(l.touched, now, zone)}</span>
          <div class="do"><${Reassign} lead=${l} agents=${people} pools=${v.pools}/></div></li>`)}
        ${v.tasks.slice(0, 12).map(t => html`<${Task} key=${t.task_id} t=${t} now=${now} zone=${zone} agents=${people} pools=${v.pools}/>`)}
        ${v.tasks.length > 12 ? html`<li key="more"><span class="muted">and ${plural(v.needs.tasks_open - 12, "more task")}</span></li>` : null}
        </ul>` : html`<${Empty}>Nobody waits, and nothing is to be done. Well done.</${Empty}>`}
    </${Panel}>
    <div class="columns uneven">
      <div class="stack-gap">
        <${Panel} title="On the line" right=${html`<a class="small" href=${link(team, "calls")}>all calls</a>`}>
          ${v.calls.length ? html`<ul class="rows">${v.calls.map(c => html`<${Call} key=${c.call_id} c=${c} now=${now}/>`)}</ul>`
            : html`<${Empty}>No call at the moment.</${Empty}>`}
        </${Panel}>
        <${Panel} title="Just now">
          ${v.recent.length ? html`<ul class="rows">${v.recent.slice(0, 14).map(e => html`<li key=${e.no}>
            <span class="side-note">${time_of_day(e.at, zone)}</span><i class=${"sign " + e.tone}></i>
            <div class="what">
              ${e.lead_id ? html`<${LeadLink} lead=${e}/>: ` : null}${e.text}</div></li>`)}</ul>`
            : html`<${Empty}>Nothing has happened yet.</${Empty}>`}
        </${Panel}>
      </div>
      <${Panel} title="People" right=${html`<span class="muted small">${free} of ${people.length} free</span>`}>
        ${v.agents.length ? html`<${Table} kind="people" caption="People: open leads, turns today, tasks, place in line" heads=${["Name", "Now", {number: "Open"}, {number: "Today"}, {number: "Tasks"}, "In line", ""]}>
          ${v.agents.map(a => html`<tr key=${a.agent_id}>
            <th scope="row" class="nowrap"><a href=${link(team, "day", a.agent_id)}>${a.name}</a></th>
            <td class="wide"><${Status} a=${a} now=${now} zone=${zone}/></td>
            <td class="number" data-label="open"><a href=${link(team, "leads") + "?owner=" + encodeURIComponent(a.agent_id)}>${count(a.open_leads)}</a></td>
            <td class="number nowrap" data-label="today">${count(a.turns_today)}${a.daily_cap === null ? "" : ` of ${a.daily_cap}`}</td>
            <td class="number" data-label="tasks">${a.tasks_open}${a.tasks_overdue ? html` <span class="bad nowrap">▲ ${a.tasks_overdue}</span>` : null}</td>
            <td data-label="line">${a.lines.filter(l => l.place && l.place <= 3).map(l => `${l.place}. ${l.pool_id}`).join(", ")}</td>
            <td class="wide">${a.active ? html`<${Change} a=${a} now=${now}/>` : null}</td>
          </tr>`)}</${Table}>` : html`<${Empty}>Nobody works here yet: publish agent.configured events.</${Empty}>`}
      </${Panel}>
    </div></div>`;
}
