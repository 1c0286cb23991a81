// One lead: the person, the owner, and what happened with the why of each step.
import {html, useEffect, useState} from "./preact.js";
import {ask, team_path, useLive, useNow, service_now} from "./live.js";
import {Chip, Do, Empty, Head, LeadLink, Panel, Reassign, Table, Trouble, Why, WhyButton, link, useHere} from "./ui.js";
import {by_whom, count, date_and_time, lead_title, length_text, money, phone_text, when} from "./words.js";
import {Cascades} from "./cascade.js";
import * as actions from "./actions.js";

const states = {waiting: ["bad", "waits for an owner"], open: ["good", "open"], closed: ["", "closed"]};
export const State = ({lead}) => html`<${Chip} tone=${states[lead.state][0]}>${states[lead.state][1]}</${Chip}>`;

export function LeadPage({parts}) {
  const {team, zone} = useHere();
  const id = parts[0] || "";
  const path = encodeURIComponent(id);
  const state = useLive(team, `leads/${path}/all`);
  const now = useNow();
  const v = state.view;
  const [other, ask_about] = useState("");
  const [answer, answered] = useState(null);
  const [raw, show_raw] = useState(false);
  useEffect(() => {
    if (!other) { answered(null); return; }
    ask(team_path(team, `why/${path}?agent=${encodeURIComponent(other)}`)).then(found => answered(found.decisions), () => answered([]));
  }, [other, v && v.lead && v.lead.owner_epoch]);
  if (!v) return html`<div class="page"><${Head} title="Lead" state=${state}/><${Trouble} state=${state}/></div>`;
  if (v.gone) return html`<div class="page"><${Head} title="Lead"/><${Empty}>There is no lead ${id}. It may have been forgotten.</${Empty}></div>`;
  const l = v.lead;
  const facts = [
    ["Phone", l.phones.map(phone_text).reverse().join(", ")], ["E-mail", [...l.emails].reverse().join(", ")],
    ["Source", l.source], ["Type", l.lead_type], ["City", [l.city, l.state_code, l.zip].filter(Boolean).join(", ")],
    ["Price", money(l.price)], ["Timeframe", l.timeframe], ["Language", l.language], ["Tags", l.tags.join(", ")],
    ["Stage", l.stage], ["Last touched", when(l.touched, now, zone)], ["Id", l.lead_id],
  ].filter(f => f[1]);
  const events = v.timeline.events.filter(e => e.type !== "decision.recorded" && e.type !== "ring.cancelled");
  // The decision that stands directly before an output is what explains it.
  const why_of = new Map();
  const order = [...v.timeline.events].reverse();
  const outputs = order.filter(e => !e.came_in);
  outputs.forEach((e, i) => { if (e.decision_id && outputs[i + 1]) why_of.set(outputs[i + 1].no, e.decision_id); });
  const strong = /^(lead\.(re)?assigned|transfer\.)/;
  return html`<div class="page">
    <${Head} title=${lead_title(l)} state=${state}
      sub=${html`<${State} lead=${l}/> ${l.opted_out ? html`<${Chip} tone="bad">wants no messages</${Chip}>` : null}
        ${" "}${l.owner ? html`belongs to <a href=${link(team, "day", l.owner.agent_id)}>${l.owner.name}</a>` : "has no owner"}
        ${l.owner_epoch > 1 ? html` <span class="muted">(owner number ${l.owner_epoch})</span>` : null}`}>
      <${Reassign} lead=${l} agents=${v.agents} pools=${v.pools}/>
      ${l.state === "closed" ? null : html`<${Do} act=${() => actions.close_lead(team, l)}>Close</${Do}>`}
    </${Head}>
    <${Trouble} state=${state}/>
    <div class="columns uneven">
      <div class="stack-gap">
        <${Panel} title="Person"><div class="body"><dl class="facts">${facts.map(([name, text]) => html`<div key=${name}><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
          ${l.warnings.length ? html`<p class="small warn" style=${{marginTop: "12px"}}>${l.warnings.join("; ")}</p>` : null}
          ${l.same_person.length ? html`<p class="small" style=${{marginTop: "12px"}}>Same person: ${l.same_person.map((x, i) => html`${i ? ", " : ""}<a href=${link(team, "lead", x)}>${x}</a>`)}</p>` : null}</div></${Panel}>
        <${Panel} title="To be done">
          ${l.open_tasks.length ? html`<ul class="rows">${l.open_tasks.map(t => html`<li key=${t.task_id} class=${t.overdue ? "alarm" : ""}>
            <div class="what"><strong>${t.title}</strong><div class="small muted">${t.assignee ? t.assignee.name : "nobody yet"}</div></div>
            <span class=${t.overdue ? "bad small" : "side-note"}>${t.overdue ? "▲ " + length_text(now - Date.parse(t.due_at)) + " late" : "due " + when(t.due_at, now, zone)}</span>
            <${Do} act=${() => actions.task_done(team, {...t, lead_id: l.lead_id})}>Done</${Do}></li>`)}</ul>` : html`<${Empty}>Nothing.</${Empty}>`}
          ${l.held_outreach.length ? html`<p class="small muted body">${l.held_outreach.map(h => `${h.channel} ${h.outreach_id}`).join(", ")} held until there is an owner.</p>` : null}
        </${Panel}>
        <${Cascades} calls=${v.cascades} now=${now}/>
        <${Panel} title="Why not …?"><div class="body stack-gap">
          <select aria-label="Why not this agent?" value=${other} onChange=${e => ask_about(e.target.value)}>
            <option value="">choose somebody</option>${v.agents.map(a => html`<option key=${a.agent_id} value=${a.agent_id}>${a.name}</option>`)}</select>
          ${answer ? answer.length ? answer.map(d => html`<div key=${d.decision_id}><p><span class="muted small">${date_and_time(d.at, zone)}</span><br/>${d.about}</p><${Why} decision=${d}/></div>`)
            : html`<p class="muted">No decision about this lead is kept any more.</p>` : null}</div></${Panel}>
      </div>
      <${Panel} title="What happened" right=${html`<button class="quiet" aria-pressed=${raw ? "true" : "false"} onClick=${() => show_raw(!raw)}>${raw ? "hide events" : "show events"}</button>`}>
        ${events.length ? html`<ol class="timeline">${events.map(e => html`<li key=${e.no} class=${(strong.test(e.type) ? "strong " : "") + e.tone}>
          <time datetime=${e.at}>${when(e.at, now, zone)}</time><span class="dot"></span>
          <div><span class="said">${e.text}</span>${e.came_in ? html` <span class="small muted">from ${by_whom(e.source)}</span>` : null}
            ${why_of.has(e.no) ? html` <${WhyButton} id=${id} decision_id=${why_of.get(e.no)}/>` : null}
            ${raw ? html`<pre>${JSON.stringify(e.event, null, 1)}</pre>` : null}</div></li>`)}</ol>`
          : html`<${Empty}>Nothing is kept of it any more.</${Empty}>`}
      </${Panel}>
    </div></div>`;
}

export function LeadsPage({query}) {
  const {team, zone} = useHere();
  const [q, set_q] = useState(query.get("q") || "");
  const [filter, set_filter] = useState(query.get("state") || "");
  const owner = query.get("owner") || "";
  const [page, set_page] = useState({leads: [], next: null});
  const [failed, fail] = useState(null);
  const [busy, set_busy] = useState(true);
  const now = service_now();
  useEffect(() => { set_filter(query.get("state") || ""); }, [query.get("state")]);
  const path = after => team_path(team, "leads?" + new URLSearchParams({
    limit: 60, ...(filter ? {state: filter} : {}), ...(owner ? {owner} : {}), ...(q ? {q} : {}), ...(after ? {after} : {})}));
  useEffect(() => {
    let gone = false;
    set_busy(true);
    const timer = setTimeout(() => ask(path()).then(
      found => { if (!gone) { set_page(found); fail(null); set_busy(false); } },
      e => { if (!gone) { fail(e); set_busy(false); } }), q ? 180 : 0);
    return () => { gone = true; clearTimeout(timer); };
  }, [team, q, filter, owner]);
  const more = () => ask(path(page.next)).then(found =>
    set_page({leads: [...page.leads, ...found.leads], next: found.next}), fail);
  const choices = [["", "All"], ["waiting", "Waiting"], ["open", "Open"], ["closed", "Closed"]];
  return html`<div class="page">
    <${Head} title="Leads" sub=${owner ? html`of ${owner} · <a href=${link(team, "leads")}>everybody's</a>` : `${count(page.leads.length)}${page.next ? "+" : ""} shown`}>
      <div class="segments" role="group" aria-label="Which leads">${choices.map(([id, name]) => html`
        <button key=${id} aria-pressed=${filter === id ? "true" : "false"} onClick=${() => set_filter(id)}>${name}</button>`)}</div>
    </${Head}>
    <input id="find" type="search" placeholder="Name, phone, e-mail or id   ( / )" aria-label="Find a lead" value=${q} onInput=${e => set_q(e.target.value)}/>
    ${failed ? html`<div class="banner" role="alert">${failed.message}</div>` : null}
    <section class="panel" aria-label="Leads">
      ${page.leads.length ? html`<${Table} caption="Leads" heads=${["Name", "State", "Owner", "Phone", "Source", "City", {number: "Price"}, "Touched"]}>
        ${page.leads.map(l => html`<tr key=${l.lead_id}>
          <th scope="row"><${LeadLink} lead=${l}/></th>
          <td><${State} lead=${l}/></td>
          <td data-label="owner">${l.owner ? l.owner.name : "–"}</td>
          <td data-label="phone" class="wide nowrap">${phone_text(l.phone)}</td>
          <td data-label="source">${l.source || ""}</td>
          <td data-label="city">${l.city || ""}</td>
          <td data-label="price" class="number">${money(l.price)}</td>
          <td data-label="touched" class="nowrap">${when(l.touched, now, zone)}</td></tr>`)}</${Table}>`
        : html`<${Empty}>${busy ? "Looking…" : "No lead fits."}</${Empty}>`}
      ${page.next ? html`<div class="body"><button onClick=${more}>${page.leads.length ? "More" : "Look further"}</button></div>` : null}
    </section></div>`;
}
