// An agent's own page, made for a phone: who calls, what is due, am I on?
import {html, useEffect, useState} from "./preact.js";
import {ask, team_path, useLive, useNow} from "./live.js";
import {Chip, Empty, Head, LeadLink, Panel, Switch, Trouble, Do, link, useHere} from "./ui.js";
import {Call, Status, Task} from "./now.js";
import {count, lead_title, phone_text, time_of_day, when} from "./words.js";
import * as actions from "./actions.js";

function Pick() {
  const {team} = useHere();
  const [found, set] = useState(null);
  useEffect(() => { ask(team_path(team, "agents")).then(a => set(a.agents), () => set([])); }, [team]);
  return html`<div class="page"><${Head} title="My day" sub="Who are you?"/>
    <${Panel} title="People">${found && found.length ? html`<ul class="rows">${found.map(a => html`<li key=${a.agent_id}>
      <div class="what"><a href=${link(team, "day", a.agent_id)}><strong>${a.name}</strong></a></div>
      <span class="side-note">${a.text}</span></li>`)}</ul>` : html`<${Empty}>${found ? "Nobody works here yet." : "Looking…"}</${Empty}>`}</${Panel}></div>`;
}

export function DayPage({parts}) {
  return parts[0] ? html`<${Day} id=${parts[0]}/>` : html`<${Pick}/>`;
}

function Day({id}) {
  const {team, zone, say} = useHere();
  const state = useLive(team, `agents/${encodeURIComponent(id)}/day`);
  const now = useNow();
  const v = state.view;
  if (!v || v.gone) return html`<div class="page"><${Head} title="My day" state=${state}/><${Trouble} state=${state}/>
    ${v ? html`<${Empty}>There is no agent ${id}.</${Empty}>` : null}</div>`;
  const a = v.agent;
  const away = async hours => actions.toggle(team, a, {away_until: new Date(now + hours * 3600_000).toISOString()});
  const place_text = l => l.place === 1 ? "you are next" : l.place ? `place ${l.place}` : `not in line: ${a.name.split(" ")[0]} ${l.text || ""}`;
  return html`<div class="page">
    <${Head} title=${a.name} sub=${html`<${Status} a=${a} now=${now} zone=${zone}/>`} state=${state}/>
    <${Trouble} state=${state}/>
    ${v.calls.map(c => html`<div class="big-call" key=${c.call_id} role="alert">
      <span class="small">${c.phase === "connected" ? "On the line" : "Your phone rings"}</span>
      <b>${lead_title(c.lead)}</b>${c.lead.phone ? html`<span>${phone_text(c.lead.phone)}</span>` : null}
      <ul class="rows"><${Call} c=${c} now=${now}/></ul></div>`)}
    <div class="tiles">
      <a class="tile" href=${link(team, "leads") + "?owner=" + encodeURIComponent(id)}><b>${count(a.open_leads)}</b><span>open leads</span></a>
      <div class="tile"><b>${count(a.turns_today)}</b><span>turns today${a.daily_cap === null ? "" : `, of ${a.daily_cap}`}</span></div>
      <div class=${"tile" + (a.tasks_overdue ? " alarm" : "")}><b>${a.tasks_open}</b><span>to do</span>${a.tasks_overdue ? html`<em class="bad">▲ ${a.tasks_overdue} overdue</em>` : null}</div>
      <div class="tile"><b>${a.misses}</b><span>rings missed in a row</span></div>
    </div>
    <div class="columns">
      <div class="stack-gap">
        <${Panel} title="To be done">${v.tasks.length ? html`<ul class="rows">${v.tasks.map(t => html`<${Task} key=${t.task_id} t=${t} now=${now} zone=${zone}/>`)}</ul>`
          : html`<${Empty}>Nothing is due.</${Empty}>`}</${Panel}>
        <${Panel} title="New leads">${v.new_leads.length ? html`<ul class="rows">${v.new_leads.map(l => html`<li key=${l.lead_id}>
          <div class="what"><strong><${LeadLink} lead=${l}/></strong><div class="small muted">${[[l.source, l.lead_type, l.city].filter(Boolean).join(" · "), l.reason].filter(Boolean).join(" — ")}</div></div>
          <span class="side-note">${when(l.since, now, zone)}</span></li>`)}</ul>` : html`<${Empty}>None lately.</${Empty}>`}</${Panel}>
      </div>
      <div class="stack-gap">
        <${Panel} title="Am I on?"><div class="body stack-gap">
          <${Switch} on=${a.accepting_leads} act=${on => actions.toggle(team, a, {accepting_leads: on})}>New leads</${Switch}>
          <${Switch} on=${a.available_for_calls} act=${on => actions.toggle(team, a, {available_for_calls: on})}>Calls</${Switch}>
          <div style=${{display: "flex", gap: "8px", flexWrap: "wrap"}}>
            <${Do} act=${() => away(1)}>Away 1 h</${Do}><${Do} act=${() => away(4)}>Away 4 h</${Do}><${Do} act=${() => away(24)}>Away until tomorrow</${Do}>
            ${a.away ? html`<${Do} kind="main small" act=${() => actions.toggle(team, a, {away_until: new Date(now - 1000).toISOString()})}>I am back</${Do}>` : null}</div>
          <p class="small muted">${a.on_schedule ? "Your schedule says that you are on duty." : "Your schedule says that you are off duty."}</p></div></${Panel}>
        <${Panel} title="In line">${a.lines.length ? html`<ul class="rows">${a.lines.map(l => html`<li key=${l.pool_id}>
          <div class="what"><strong>${l.pool_id}</strong></div><${Chip} tone=${l.place === 1 ? "accent" : l.place ? "" : "warn"}>${place_text(l)}</${Chip}></li>`)}</ul>`
          : html`<${Empty}>In no pool.</${Empty}>`}</${Panel}>
      </div>
    </div></div>`;
}
