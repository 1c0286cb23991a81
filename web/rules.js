// The document in force in words, and as JSON to be changed, checked and
// published with the next version.
import {html, useEffect, useState} from "./preact.js";
import {ask, Refused, team_path, useLive} from "./live.js";
import {Chip, Empty, Head, LeadLink, Panel, Table, Trouble, useHere} from "./ui.js";
import {by_whom, count, date_and_time, money, plural} from "./words.js";
import * as actions from "./actions.js";

const list = all => all.join(" or ");
function when_text(r) {
  const w = r.when || {}, out = [];
  if (w.sources && w.sources.length) out.push(`comes from ${list(w.sources)}`);
  if (w.lead_types && w.lead_types.length) out.push(`is a ${list(w.lead_types)}`);
  if (w.tags && w.tags.length) out.push(`has the tag ${list(w.tags)}`);
  for (const [key, word] of [["cities", "is in"], ["zips", "has the zip"], ["states", "is in"]])
    if (w[key] && w[key].length) out.push(`${word} ${list(w[key])}`);
  if (w.min_price !== undefined && w.max_price !== undefined) out.push(`costs ${money(w.min_price)} to ${money(w.max_price)}`);
  else if (w.min_price !== undefined) out.push(`costs ${money(w.min_price)} or more`);
  else if (w.max_price !== undefined) out.push(`costs at most ${money(w.max_price)}`);
  if (w.timeframes && w.timeframes.length) out.push(`wants to move in ${list(w.timeframes)}`);
  if (w.languages && w.languages.length) out.push(`speaks ${list(w.languages)}`);
  return out.length ? "A lead that " + out.join(" and ") : "Any other lead";
}
/** Names as far as they are known. */
const whom_text = (a, name_of) => a && a.pool ? `goes to the next in line of pool ${a.pool}` : a && a.agent ? `goes to ${name_of(a.agent)}` : "";
const active_text = a => a ? `, ${(a.days || ["every day"]).join(", ")} ${a.from || "00:00"}–${a.to || "24:00"}` : "";
const patterns = {assigned_agent: "the owner alone", simultaneous_group: "the whole group at once", assigned_then_group: "the owner first, then the group"};

// -- what a document would have done -------------------------------------------

const rests_on = {
  closed: "it was closed by the owner of that time", task_done: "a task was finished by the owner of that time",
  assigned_by_hand: "it was given away by the owner of that time", unknown_call: "the end of a call is unknown",
};
const change = (was, would) => html`${count(was)} → <strong>${count(would)}</strong>${was === would ? null
  : html` <span class="muted">${would > was ? "+" : "−"}${count(Math.abs(would - was))}</span>`}`;
const seconds = ms => ms === null ? "–" : ms === 0 ? "at once" : `${count(Math.ceil(ms / 1000))} s`;
const shown_max = 50;

const Tried = ({r, zone}) => {
  const [anyway, show] = useState(false);
  const c = r.control, t = r.transfers, name = who => who ? who.name : "nobody yet";
  const unknown = t.control.unknown + t.candidate.unknown > 0;
  const faithful = `The past was decided again under the documents as they were, and ${c.agree} of ${plural(c.choices, "choice")} came out as they did (${c.agree_percent} %).`;
  return html`<${Panel} title="What it would have done" id="tried" right=${html`<span class="muted small">${date_and_time(r.from, zone)} to ${date_and_time(r.to, zone)}</span>`}>
    <div class="body stack-gap">
      ${c.trusted ? html`<p>${faithful}</p>` : html`<div class="banner" role="alert">${faithful} What follows can't be trusted.</div>`}
      ${r.cut ? html`<p class="muted">What is kept begins in the middle${r.kept_from ? `, at ${date_and_time(r.kept_from, zone)}` : ""}: what came before is not known.</p>` : null}
      ${r.document_kept ? null : html`<p class="muted">No document of the office is kept any more: the past has no rules to go by.</p>`}
      ${c.trusted || anyway ? null : html`<p><button onClick=${() => show(true)}>Show it anyway</button></p>`}</div>
    ${c.trusted || anyway ? html`
    <${Table} caption="Leads and turns of each agent, as it was and as it would have been" heads=${["Agent", {number: "Leads"}, {number: "Turns"}, "Rests on"]}>
      ${r.agents.map(a => html`<tr key=${a.agent_id}><th scope="row">${a.name}</th>
        <td class="number" data-label="leads">${change(a.leads.control, a.leads.candidate)}</td>
        <td class="number" data-label="turns">${change(a.turns.control, a.turns.candidate)}</td>
        <td class="muted small">${a.assumed ? plural(a.assumed, "assumption") : ""}</td></tr>`)}</${Table}>
    <div class="body stack-gap">
      <h3>${r.leads.different ? `${plural(r.leads.different, "lead")} would have gone to somebody else` : "No lead would have gone to somebody else"}</h3>
      <p class="muted small">${plural(r.leads.came, "new lead")} came.</p></div>
    ${r.leads.list.length ? html`<ul class="rows">${r.leads.list.slice(0, shown_max).map(l => html`<li key=${l.lead_id}>
        <div class="what"><${LeadLink} lead=${l}/> <span class="muted small">${date_and_time(l.at, zone)}</span>
          ${l.assumes.length ? html`<div class="small muted">assumes: ${l.assumes.map(x => rests_on[x] || x).join(", ")}</div>` : null}</div>
        <span>${name(l.control)} → <strong>${name(l.candidate)}</strong></span></li>`)}</ul>` : null}
    ${r.leads.different > shown_max ? html`<p class="body muted small">and ${count(r.leads.different - shown_max)} more</p>` : null}
    <ul class="rows">
      <li><div class="what">Waited for an owner</div><span>${change(r.waiting.control.ever, r.waiting.candidate.ever)}, at the end ${change(r.waiting.control.at_end, r.waiting.candidate.at_end)}</span></li>
      <li><div class="what">Time to owner, 95 of 100 within</div><span>${seconds(r.time_to_owner.control.p95_ms)} → <strong>${seconds(r.time_to_owner.candidate.p95_ms)}</strong></span></li>
      <li><div class="what">Transfers${unknown ? html`<div class="small muted">Unknown: other people would have rung, or at another time. Who would have answered, nobody can know.</div>` : null}</div>
        <span>${[["connected", "connected"], ["missed", "missed"], ["unknown", "unknown"]].map(([key, word]) =>
          html`<div key=${key}>${word} ${count(t.control[key])} → <strong>${count(t.candidate[key])}</strong></div>`)}</span></li></ul>` : null}
  </${Panel}>`;
};

export function RulesPage() {
  const {team, zone, say} = useHere();
  const state = useLive(team, "rules");
  const [text, set_text] = useState(null);
  const [faults, set_faults] = useState([]);
  const [busy, set_busy] = useState(false);
  const [shown, show] = useState(null);
  const [tried, set_tried] = useState(null);
  const [agents, set_agents] = useState([]);
  useEffect(() => { ask(team_path(team, "agents")).then(found => set_agents(found.agents), () => {}); }, [team]);
  const name_of = id => (agents.find(a => a.agent_id === id) || {name: id}).name;
  const v = state.view;
  if (!v) return html`<div class="page"><${Head} title="Rules" state=${state}/><${Trouble} state=${state}/></div>`;
  const in_force = v.versions.find(x => x.version === v.in_force) || null;
  const d = (shown === null ? in_force : v.versions[shown] || in_force || {}) && (shown === null ? in_force : v.versions[shown]);
  const doc = d ? d.document : null;
  const edit = () => {
    const next = {...doc, version: Math.max(0, ...v.versions.map(x => x.version)) + 1};
    set_text(JSON.stringify(next, null, 2)); set_faults([]); set_tried(null);
  };
  const read = () => {
    try { return JSON.parse(text); } catch (e) { set_faults([{pointer: "", detail: "This is not JSON: " + e.message}]); return null; }
  };
  const refused = e => set_faults(e instanceof Refused && e.errors.length ? e.errors : [{pointer: "", detail: e.message}]);
  const attempt = async () => {
    const document = read();
    if (!document) return;
    set_busy(true); set_faults([]); set_tried(null);
    try { set_tried(await actions.try_rules(team, document)); } catch (e) { refused(e); }
    set_busy(false);
  };
  const publish = async () => {
    const document = read();
    if (!document) return;
    set_busy(true); set_faults([]);
    try {
      const found = await actions.publish_rules(team, document);
      say(found.dead_letter ? actions.result_text(found) : found.late ? actions.result_text(found) : `Version ${document.version} is in force.`, found.dead_letter ? "bad" : "");
      if (!found.dead_letter) { set_text(null); set_tried(null); }
      else set_faults([{pointer: "", detail: found.dead_letter}]);
    } catch (e) { refused(e); }
    set_busy(false);
  };
  return html`<div class="page">
    <${Head} title="Rules" sub=${v.configured ? `version ${v.in_force} is in force` : "no document yet"} state=${state}>
      ${doc && text === null ? html`<button class="main" onClick=${edit}>Change…</button>` : null}</${Head}>
    <${Trouble} state=${state}/>
    ${text !== null ? html`<${Panel} title="Change" right=${html`<button onClick=${() => { set_text(null); set_tried(null); }}>Cancel</button><button disabled=${busy} onClick=${attempt}>Try on the last 7 days</button><button class="main" disabled=${busy} onClick=${publish}>Check and publish</button>`}>
      <div class="body stack-gap">
        ${faults.length ? html`<div class="banner" role="alert"><ul class="rule-list">${faults.map((f, i) => html`<li key=${i}>${f.pointer ? html`<code>${f.pointer}</code> ` : null}${f.detail || f.reason}</li>`)}</ul></div>` : null}
        <textarea aria-label="The document as JSON" spellcheck="false" value=${text} onInput=${e => { set_text(e.target.value); set_tried(null); }}></textarea></div></${Panel}>` : null}
    ${text !== null && busy && !tried ? html`<p class="muted" role="status">Trying…</p>` : null}
    ${text !== null && tried ? html`<${Tried} r=${tried} zone=${zone}/>` : null}
    <div class="columns uneven">
      <div class="stack-gap">
        <${Panel} title="Versions">${v.versions.length ? html`<ul class="rows">${v.versions.map((x, i) => html`<li key=${x.version + x.at}>
          <div class="what"><strong>Version ${x.version}</strong> ${x.version === v.in_force ? html`<${Chip} tone="good">in force</${Chip}>` : null}<div class="small muted">${date_and_time(x.at, zone)} · ${by_whom(x.source)}</div></div>
          <button class="quiet" aria-pressed=${shown === i ? "true" : "false"} onClick=${() => show(shown === i ? null : i)}>${shown === i ? "shown" : "show"}</button></li>`)}</ul>` : html`<${Empty}>None is kept.</${Empty}>`}</${Panel}>
        ${doc ? html`<${Panel} title="Pools"><ul class="rows">${(doc.pools || []).map(p => html`<li key=${p.id}><div class="what"><strong>${p.id}</strong>
          <div class="small muted">${(p.members || []).map(m => `${name_of(m.agent_id)} ${m.weight || 1}`).join(" · ") || "nobody"}</div></div>
          ${p.assign_requires && p.assign_requires !== "none" ? html`<${Chip}>${p.assign_requires === "schedule" ? "on duty only" : "taking calls only"}</${Chip}>` : null}</li>`)}</ul></${Panel}>` : null}
      </div>
      <div class="stack-gap">
        ${doc ? html`<${Panel} title=${"In words" + (d === in_force ? "" : `: version ${d.version}`)}><div class="body stack-gap">
          <ol class="rule-list">${(doc.routing_rules || []).map(r => html`<li key=${r.id}>${when_text(r)} ${whom_text(r.assign, name_of)}${active_text(r.active)}. <span class="muted small">${r.id}</span></li>`)}
            <li key="-rest">Whoever is left goes to ${name_of(doc.default_owner || doc.account_owner)}.</li></ol>
          <p>A call rings ${patterns[(doc.transfer || {}).pattern || "assigned_then_group"]}, ${(doc.transfer || {}).ring_timeout_s || 35} s each time and ${(doc.transfer || {}).total_timeout_s || 180} s at most${
            ((doc.transfer || {}).fallback_numbers || []).length ? `, then ${doc.transfer.fallback_numbers.length} fallback number${doc.transfer.fallback_numbers.length > 1 ? "s" : ""}` : ""}.</p></div></${Panel}>
        <${Panel} title="As JSON"><div class="body"><pre tabindex="0">${JSON.stringify(doc, null, 2)}</pre></div></${Panel}>`
        : html`<${Panel} title="In words"><${Empty}>${v.configured ? "The document in force is older than what the topics keep." : "This office has no document yet: its agents are one group, and direct assignment works."}</${Empty}></${Panel}>`}
      </div>
    </div></div>`;
}
