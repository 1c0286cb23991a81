// Cascades that ring, and what became of those before: why they were missed,
// and who called back.
import {html, useEffect, useState} from "./preact.js";
import {ask, service_now, team_path, useLive, useNow} from "./live.js";
import {Chip, Empty, Head, LeadLink, Panel, Table, Trouble, link, useHere} from "./ui.js";
import {Call} from "./now.js";
import {length_text, plural, when} from "./words.js";

const task_state = {done: ["good", "called back"], open: ["", "to be called back"], overdue: ["bad", "overdue"], cancelled: ["", "no longer needed"]};

const Task = ({t}) => {
  if (!t) return html`<span class="muted">no task</span>`;
  const [tone, text] = task_state[t.state];
  return html`<${Chip} tone=${tone}>${t.state === "overdue" ? "▲ " : ""}${text}${t.after_s !== null ? ` after ${length_text(t.after_s * 1000)}` : ""}</${Chip}>
    ${t.assignee ? html` <span class="muted small">${t.assignee.name}</span>` : null}`;
};

export function CallsPage({query}) {
  const {team, zone} = useHere();
  const state = useLive(team, "calls");
  const now = useNow();
  const [result, set_result] = useState(query.get("result") || "missed");
  const [days, set_days] = useState(7);
  const [found, set_found] = useState(null);
  const live = state.view ? state.view.calls : [];
  useEffect(() => {
    let gone = false;
    const load = () => ask(team_path(team, "transfers?" + new URLSearchParams({
      ...(result ? {result} : {}), from: new Date(service_now() - days * 86400_000).toISOString()})))
      .then(f => { if (!gone) set_found(f); }, () => {});
    load();
    const timer = setInterval(load, 5000);
    return () => { gone = true; clearInterval(timer); };
  }, [team, result, days, live.length]);
  const reasons = new Map();
  if (found) for (const t of found.transfers) if (t.reason_text) reasons.set(t.reason_text, (reasons.get(t.reason_text) || 0) + 1);
  const most = Math.max(1, ...reasons.values());
  return html`<div class="page">
    <${Head} title="Calls" sub=${plural(live.length, "call") + " on the line"} state=${state}/>
    <${Trouble} state=${state}/>
    <${Panel} title="On the line">${live.length ? html`<ul class="rows">${live.map(c => html`<${Call} key=${c.call_id} c=${c} now=${now} all_legs/>`)}</ul>`
      : html`<${Empty}>No call at the moment.</${Empty}>`}</${Panel}>
    <div class="head">
      <div class="segments" role="group" aria-label="Which calls">${[["missed", "Missed"], ["connected", "Answered"], ["", "All"]].map(([id, name]) => html`
        <button key=${id} aria-pressed=${result === id ? "true" : "false"} onClick=${() => set_result(id)}>${name}</button>`)}</div>
      <div class="segments" role="group" aria-label="Since when">${[[1, "1 day"], [7, "7 days"], [30, "30 days"]].map(([n, name]) => html`
        <button key=${n} aria-pressed=${days === n ? "true" : "false"} onClick=${() => set_days(n)}>${name}</button>`)}</div>
    </div>
    ${result === "missed" && reasons.size ? html`<${Panel} title="Why they were missed"><ul class="rows">${[...reasons].sort((a, b) => b[1] - a[1]).map(([text, n]) => html`<li key=${text}>
      <div class="what">${text}</div><span class="bar" aria-hidden="true"><i style=${{width: `${100 * n / most}%`}}></i></span><strong>${n}</strong></li>`)}</ul></${Panel}>` : null}
    <${Panel} title=${result === "missed" ? "Missed" : result ? "Answered" : "All calls"} right=${found ? html`<span class="muted small">${plural(found.total, "call")}</span>` : null}>
      ${found && found.transfers.length ? html`<${Table} caption="Calls" heads=${["Lead", "When", "What came of it", "Answered by", {number: "Waited"}, "Called back"]}>
        ${found.transfers.map(t => html`<tr key=${t.call_id}>
          <th scope="row"><${LeadLink} lead=${t}/></th>
          <td data-label="when" class="nowrap">${when(t.started, now, zone)}</td>
          <td>${t.result === "missed" ? html`<span class="bad">missed</span>${t.reason_text ? ": " + t.reason_text : ""}`
            : t.result === "connected" ? html`<span class="good">answered</span>` : "open"}</td>
          <td data-label="by">${t.answered_by ? t.answered_by.name : t.result === "connected" ? "a fallback number" : ""}</td>
          <td data-label="waited" class="number nowrap">${t.result === "connected" ? (t.waited_ms / 1000).toFixed(1) + " s" : ""}</td>
          <td class="wide">${t.result === "missed" ? html`<${Task} t=${t.task}/>` : null}</td></tr>`)}</${Table}>`
        : html`<${Empty}>${found ? (result === "missed" ? "No call was missed." : "None.") : "Looking…"}</${Empty}>`}
    </${Panel}></div>`;
}
