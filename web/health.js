// For whoever runs it: is every partition served, what can't be read, which
// versions.
import {html, useEffect, useState} from "./preact.js";
import {ask} from "./live.js";
import {Chip, Empty, Head, Panel, Table, useHere} from "./ui.js";
import {count, date_and_time, plural} from "./words.js";

export function HealthPage() {
  const {zone} = useHere();
  const [s, set] = useState(null);
  const [failed, fail] = useState(null);
  const [open, show] = useState(null);
  useEffect(() => {
    let gone = false;
    const load = () => ask("/v1/system").then(x => { if (!gone) { set(x); fail(null); } }, e => { if (!gone) fail(e); });
    load();
    const timer = setInterval(load, 2000);
    return () => { gone = true; clearInterval(timer); };
  }, []);
  return html`<div class="page">
    <${Head} title="Health" sub=${s ? (s.behind ? `${plural(s.behind, "input")} not processed yet` : "everything that came in is processed") : ""}/>
    ${failed ? html`<div class="banner" role="alert">${failed.message} Trying again.</div>` : null}
    ${s ? html`
    <div class="columns">
      <${Panel} title="Partitions">${s.partitions.length ? html`<${Table} caption="Partitions" heads=${["Partition", "Served by", {number: "Behind"}, {number: "Leads read"}, {number: "Calls read"}]}>
        ${s.partitions.map(p => html`<tr key=${p.partition}><th scope="row" data-label="partition">${p.partition}</th><td data-label="served by">${p.served_by || (s.served_known ? html`<strong class="bad">▲ nobody</strong>` : html`<span class="muted">not known</span>`)}</td><td class="number" data-label="behind">${p.behind ? html`<strong class="warn">${count(p.behind)}</strong>` : "0"}</td>
          <td class="number" data-label="leads read">${count(Math.max(0, p.topics.leads.seen))}</td><td class="number" data-label="calls read">${count(Math.max(0, p.topics.calls.seen))}</td></tr>`)}</${Table}>` : html`<${Empty}>Nothing has come in yet.</${Empty}>`}</${Panel}>
      <${Panel} title="Letters that could not be read">${s.dead_letters.length ? html`<ul class="rows">${s.dead_letters.map(d => html`<li key=${d.reason}><div class="what"><code>${d.reason}</code></div><strong>${count(d.count)}</strong></li>`)}</ul>`
        : html`<${Empty}>None.</${Empty}>`}</${Panel}>
      <${Panel} title="Versions"><div class="body"><dl class="facts">${Object.entries(s.version || {}).map(([k, x]) => html`<div key=${k}><dt>${k}</dt><dd>${typeof x === "object" ? JSON.stringify(x) : String(x)}</dd></div>`)}
        <div><dt>history</dt><dd>${s.history_complete ? "read completely" : html`<${Chip} tone="warn">still being read</${Chip}>`}</dd></div></dl></div></${Panel}>
    </div>
    <${Panel} title="The latest letters">${s.letters.length ? html`<ul class="rows">${s.letters.map((l, i) => html`<li key=${l.topic + l.offset}>
      <div class="what"><strong>${l.sentence}</strong><div class="small muted">${l.reason} · ${l.topic} ${l.offset} · ${l.team || "no team"}${l.source ? " · from " + l.source : ""}</div>
        ${open === l.topic + l.offset ? html`<pre>${l.value}</pre>` : null}</div>
      <span class="side-note">${date_and_time(l.at, zone)}</span>
      <button class="quiet" aria-expanded=${open === l.topic + l.offset ? "true" : "false"} onClick=${() => show(open === l.topic + l.offset ? null : l.topic + l.offset)}>original</button></li>`)}</ul>`
      : html`<${Empty}>Everything that came in could be read.</${Empty}>`}</${Panel}>` : null}
  </div>`;
}
