// Was it fair, and if not, why? Counted again from every decision.
import {html, useEffect, useState} from "./preact.js";
import {ask, service_now, team_path, as_page} from "./live.js";
import {Lengths, Turns} from "./charts.js";
import {Empty, Head, Panel, Table, link, useHere} from "./ui.js";
import {count, date_and_time, hundredths, plural} from "./words.js";

const spans = [[1, "1 day"], [7, "7 days"], [30, "30 days"], [0, "all"]];
const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const left_out = m => m.left_out.filter(x => x.count).sort((a, b) => b.count - a.count)
  .map(x => `${x.count}× ${x.text}`).join(", ");

const Pool = ({p, zone}) => html`<${Panel} title=${"Pool " + p.pool_id} right=${html`<span class="muted small">${plural(p.turns, "turn")}</span>`}>
  ${p.members.length ? html`<${Table} caption=${"Turns of pool " + p.pool_id} heads=${["Agent", {number: "Weight"}, {number: "Got"}, {number: "Should*"}, {number: "Differs"}, {number: "Returning"}, {number: "Direct"}, "Could not be chosen"]}>
    ${p.members.map(m => {
      const off = m.got - Number(m.should);
      return html`<tr key=${m.agent_id}><th scope="row">${m.name}</th>
        <td class="number" data-label="weight">${m.weight}${p.weight ? html` <span class="muted small">${Math.round(100 * m.weight / p.weight)} %</span>` : null}</td>
        <td class="number" data-label="got"><strong>${count(m.got)}</strong></td>
        <td class="number" data-label="should">${hundredths(Number(m.should))}</td>
        <td class="number" data-label="differs"><span class=${"diff " + (Math.abs(off) < 1 ? "muted" : off < 0 ? "bad" : "warn")}>${off > 0 ? "+" : off < 0 ? "−" : "±"}${hundredths(Math.abs(off))}</span></td>
        <td class="number" data-label="returning">${count(m.returning)}</td><td class="number" data-label="direct">${count(m.direct)}</td>
        <td class="wide small muted">${left_out(m) || "always could"}</td></tr>`;
    })}</${Table}>` : null}
  ${p.curves.at_s.length > 1 ? html`<div class="body"><${Turns} curves=${p.curves} zone=${zone}/></div>` : null}
</${Panel}>`;

const Heat = ({hours}) => {
  if (!hours.flat().some(n => n)) return html`<${Empty}>No lead got an owner in this time.</${Empty}>`;
  const most = Math.max(1, ...hours.flat());
  return html`<div class="scroll" style=${{padding: "12px 0"}} tabindex="0" role="region" aria-label="When leads came, hour by hour"><table class="heat"><caption class="only-read">Leads by weekday and hour</caption>
    <thead><tr><td></td>${hours[0].map((_, h) => html`<th scope="col" key=${h}>${h % 3 ? html`<span class="only-read">${h}</span>` : String(h).padStart(2, "0")}</th>`)}</tr></thead>
    <tbody>${hours.map((row, d) => html`<tr key=${d}><th scope="row">${days[d]}</th>${row.map((n, h) => html`<td key=${h}><span class=${"h" + (n ? Math.min(4, 1 + Math.floor(3.999 * n / most)) : 0)}>${n || "0"}</span></td>`)}</tr>`)}</tbody></table></div>`;
};

async function save_csv(team, by, query) {
  const answer = await fetch(team_path(team, `report?by=${by}${query}`), {headers: as_page({accept: "text/csv"})});
  const a = document.createElement("a");
  a.href = URL.createObjectURL(await answer.blob());
  a.download = `${team}-${by}.csv`;
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

export function FairnessPage() {
  const {team, zone} = useHere();
  const [n, set] = useState(7);
  const [r, got] = useState(null);
  const [failed, fail] = useState(null);
  const from = n ? "&from=" + encodeURIComponent(new Date(service_now() - n * 86400_000).toISOString()) : "";
  useEffect(() => {
    let gone = false;
    const load = () => ask(team_path(team, "report?by=pool" + from)).then(
      x => { if (!gone) { got(x); fail(null); } }, e => { if (!gone) fail(e); });
    load();
    const timer = setInterval(load, 5000);
    return () => { gone = true; clearInterval(timer); };
  }, [team, n]);
  const calls = r ? r.connected + r.missed : 0;
  return html`<div class="page">
    <${Head} title="Fairness" sub=${r && r.since ? `counted from every decision since ${date_and_time(r.since, zone)}` : "counted from every decision"}>
      <div class="segments" role="group" aria-label="Since when">${spans.map(([k, name]) => html`<button key=${k} aria-pressed=${n === k ? "true" : "false"} onClick=${() => set(k)}>${name}</button>`)}</div>
      <button onClick=${() => save_csv(team, "pool", from)}>CSV</button>
    </${Head}>
    ${failed ? html`<div class="banner" role="alert">${failed.message}</div>` : null}
    ${r ? html`
      <div class="tiles">
        <a class="tile" href=${link(team, "leads")}><b>${count(r.assigned)}</b><span>leads assigned</span><em class="muted">${count(r.returning)} came back to their owner</em></a>
        <a class=${"tile" + (r.unassigned ? " alarm" : "")} href=${link(team, "leads") + "?state=waiting"}><b>${count(r.unassigned)}</b><span>found nobody at first</span></a>
        <a class="tile" href=${link(team, "calls") + "?result=connected"}><b>${calls ? Math.round(100 * r.connected / calls) + " %" : "–"}</b><span>of ${plural(calls, "call")} answered</span></a>
        <a class="tile" href=${link(team, "calls")}><b>${count(r.missed)}</b><span>calls missed</span></a>
      </div>
      ${r.pools.length ? r.pools.map(p => html`<${Pool} key=${p.pool_id} p=${p} zone=${zone}/>`)
        : html`<${Panel} title="Pools"><${Empty}>No lead has been given out by turns in this time.</${Empty}></${Panel}>`}
      <p class="small muted">* At each choice, an agent's weight as a share of the weights of all who could be chosen then, added up exactly. Who is away, paused or full is not behind for it.
        ${r.weights_unknown ? ` The document of ${plural(r.weights_unknown, "choice")} is not kept any more: everybody counts the same there.` : ""}</p>
      <${Panel} title="When leads came"><${Heat} hours=${r.hours}/></${Panel}>
      <div class="columns">
        <${Panel} title="How long leads waited for an owner"><${Lengths} counts=${r.to_owner} label="Time to owner"/></${Panel}>
        <${Panel} title="How long callers waited for an answer"><${Lengths} counts=${r.to_answer} label="Time to answer"/></${Panel}>
      </div>
      <div class="columns three">
        <${Panel} title="By source">${r.sources.length ? html`<${Table} stack=${false} caption="Leads by source" heads=${["Source", {number: "Leads"}]}>${r.sources.map(s => html`<tr key=${s.source}><td>${s.source || "not said"}</td><td class="number">${count(s.count)}</td></tr>`)}</${Table}>` : html`<${Empty}>None.</${Empty}>`}</${Panel}>
        <${Panel} title="By rule">${r.rules.length ? html`<${Table} stack=${false} caption="Leads by rule" heads=${["Rule", {number: "Leads"}]}>${r.rules.map(s => html`<tr key=${s.rule_id}><td>${s.rule_id}</td><td class="number">${count(s.count)}</td></tr>`)}</${Table}>` : html`<${Empty}>None.</${Empty}>`}</${Panel}>
        <${Panel} title="Calls by agent">${r.agents.length ? html`<${Table} stack=${false} caption="Calls by agent" heads=${["Agent", {number: "Rung"}, {number: "Answered"}, {number: "Leads"}]}>${r.agents.map(a => html`<tr key=${a.agent_id}><td>${a.name}</td><td class="number">${count(a.rung)}</td><td class="number">${count(a.answered)}</td><td class="number">${count(a.leads)}</td></tr>`)}</${Table}>` : html`<${Empty}>None.</${Empty}>`}</${Panel}>
      </div>` : null}
  </div>`;
}
