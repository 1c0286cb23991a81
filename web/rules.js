// The document in force in words, and as JSON to be changed, checked and
// published with the next version.
import {html, useEffect, useState} from "./preact.js";
import {ask, Refused, team_path, useLive} from "./live.js";
import {Chip, Empty, Head, Panel, Trouble, useHere} from "./ui.js";
import {date_and_time, money} from "./words.js";
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
const whom_text = a => a && a.pool ? `goes to the next in line of pool ${a.pool}` : a && a.agent ? `goes to ${a.agent}` : "";
const active_text = a => a ? `, ${(a.days || ["every day"]).join(", ")} ${a.from || "00:00"}–${a.to || "24:00"}` : "";
const patterns = {assigned_agent: "the owner alone", simultaneous_group: "the whole group at once", assigned_then_group: "the owner first, then the group"};

export function RulesPage() {
  const {team, zone, say} = useHere();
  const state = useLive(team, "rules");
  const [text, set_text] = useState(null);
  const [faults, set_faults] = useState([]);
  const [busy, set_busy] = useState(false);
  const [shown, show] = useState(null);
  const v = state.view;
  if (!v) return html`<div class="page"><${Head} title="Rules" state=${state}/><${Trouble} state=${state}/></div>`;
  const in_force = v.versions.find(x => x.version === v.in_force) || null;
  const d = (shown === null ? in_force : v.versions[shown] || in_force || {}) && (shown === null ? in_force : v.versions[shown]);
  const doc = d ? d.document : null;
  const edit = () => {
    const next = {...doc, version: Math.max(0, ...v.versions.map(x => x.version)) + 1};
    set_text(JSON.stringify(next, null, 2)); set_faults([]);
  };
  const publish = async () => {
    let document;
    try { document = JSON.parse(text); } catch (e) { set_faults([{pointer: "", detail: "This is not JSON: " + e.message}]); return; }
    set_busy(true); set_faults([]);
    try {
      const found = await actions.publish_rules(team, document);
      say(found.dead_letter ? actions.result_text(found) : found.late ? actions.result_text(found) : `Version ${document.version} is in force.`, found.dead_letter ? "bad" : "");
      if (!found.dead_letter) set_text(null);
      else set_faults([{pointer: "", detail: found.dead_letter}]);
    } catch (e) {
      set_faults(e instanceof Refused && e.errors.length ? e.errors : [{pointer: "", detail: e.message}]);
    }
    set_busy(false);
  };
  return html`<div class="page">
    <${Head} title="Rules" sub=${v.configured ? `version ${v.in_force} is in force` : "no document yet"} state=${state}>
      ${doc && text === null ? html`<button class="main" onClick=${edit}>Change…</button>` : null}</${Head}>
    <${Trouble} state=${state}/>
    ${text !== null ? html`<${Panel} title="Change" right=${html`<button onClick=${() => set_text(null)}>Cancel</button><button class="main" disabled=${busy} onClick=${publish}>Check and publish</button>`}>
      <div class="body stack-gap">
        ${faults.length ? html`<div class="banner" role="alert"><ul class="rule-list">${faults.map((f, i) => html`<li key=${i}>${f.pointer ? html`<code>${f.pointer}</code> ` : null}${f.detail || f.reason}</li>`)}</ul></div>` : null}
        <textarea aria-label="The document as JSON" spellcheck="false" value=${text} onInput=${e => set_text(e.target.value)}></textarea></div></${Panel}>` : null}
    <div class="columns uneven">
      <div class="stack-gap">
        <${Panel} title="Versions">${v.versions.length ? html`<ul class="rows">${v.versions.map((x, i) => html`<li key=${x.version + x.at}>
          <div class="what"><strong>Version ${x.version}</strong> ${x.version === v.in_force ? html`<${Chip} tone="good">in force</${Chip}>` : null}<div class="small muted">${date_and_time(x.at, zone)} · ${x.source}</div></div>
          <button class="quiet" aria-pressed=${shown === i ? "true" : "false"} onClick=${() => show(shown === i ? null : i)}>${shown === i ? "shown" : "show"}</button></li>`)}</ul>` : html`<${Empty}>None is kept.</${Empty}>`}</${Panel}>
        ${doc ? html`<${Panel} title="Pools"><ul class="rows">${(doc.pools || []).map(p => html`<li key=${p.id}><div class="what"><strong>${p.id}</strong>
          <div class="small muted">${(p.members || []).map(m => `${m.agent_id} ${m.weight || 1}`).join(" · ") || "nobody"}</div></div>
          ${p.assign_requires && p.assign_requires !== "none" ? html`<${Chip}>${p.assign_requires === "schedule" ? "on duty only" : "taking calls only"}</${Chip}>` : null}</li>`)}</ul></${Panel}>` : null}
      </div>
      <div class="stack-gap">
        ${doc ? html`<${Panel} title=${"In words" + (d === in_force ? "" : `: version ${d.version}`)}><div class="body stack-gap">
          <ol class="rule-list">${(doc.routing_rules || []).map(r => html`<li key=${r.id}>${when_text(r)} ${whom_text(r.assign)}${active_text(r.active)}. <span class="muted small">${r.id}</span></li>`)}
            <li key="-rest">Whoever is left goes to ${doc.default_owner || doc.account_owner}.</li></ol>
          <p>A call rings ${patterns[(doc.transfer || {}).pattern || "assigned_then_group"]}, ${(doc.transfer || {}).ring_timeout_s || 35} s each time and ${(doc.transfer || {}).total_timeout_s || 180} s at most${
            ((doc.transfer || {}).fallback_numbers || []).length ? `, then ${doc.transfer.fallback_numbers.length} fallback number${doc.transfer.fallback_numbers.length > 1 ? "s" : ""}` : ""}.</p></div></${Panel}>
        <${Panel} title="As JSON"><div class="body"><pre tabindex="0">${JSON.stringify(doc, null, 2)}</pre></div></${Panel}>`
        : html`<${Panel} title="In words"><${Empty}>${v.configured ? "The document in force is older than what the topics keep." : "This office has no document yet: its agents are one group, and direct assignment works."}</${Empty}></${Panel}>`}
      </div>
    </div></div>`;
}
