// A call as it rang: a bar for each leg, from when until when.
import {html} from "./preact.js";
import {Chip, Empty, Panel, useHere} from "./ui.js";
import {length_text, when} from "./words.js";

const ends = {
  ringing: "rings", won: "answered", declined: "declined", busy: "was busy", failed: "failed",
  machine: "a mailbox", no_answer: "no answer", ring_timeout: "no answer",
  answered_elsewhere: "another was faster", lost_race: "another was faster", late: "too late",
  caller_hung_up: "the caller hung up", target_unavailable: "not available any more", cancelled: "taken back",
};
const steps = {owner: "the owner", group: "the group", fallback: "a fallback number"};
const result_text = c => c.result === "connected" ? `answered${c.waited_ms === null ? "" : ` after ${length_text(c.waited_ms)}`}`
  : c.result === "missed" ? `missed${c.reason_text ? ": " + c.reason_text : ""}` : "rings";

const Cascade = ({c, now, zone}) => {
  const start = Date.parse(c.started);
  const until = l => l.until ? Date.parse(l.until) : Math.max(now, Date.parse(l.from));
  const all = Math.max(1000, ...c.legs.map(l => until(l) - start));
  return html`<li class="cascade">
    <div class="what"><strong>${when(c.started, now, zone)}</strong> <${Chip} tone=${c.result === "connected" ? "good" : c.result === "missed" ? "bad" : ""}>${result_text(c)}</${Chip}></div>
    ${c.legs.length ? html`<ol>${c.legs.map((l, i) => {
      const [from, to] = [Date.parse(l.from) - start, until(l) - start];
      return html`<li key=${i}><span class="who">${l.name}<span class="muted small"> ${steps[l.step] || l.step}, attempt ${l.attempt}</span></span>
        <span class="track" aria-hidden="true"><i class=${l.how === "won" ? "good" : l.how === "ringing" ? "live-leg" : ""}
          style=${{left: `${100 * from / all}%`, width: `${Math.max(1.5, 100 * (to - from) / all)}%`}}></i></span>
        <span class="small how">${ends[l.how] || l.how}<span class="muted"> ${length_text(to - from)}</span></span></li>`;
    })}</ol>` : html`<p class="small muted">Nobody's phone rang.</p>`}</li>`;
};

export const Cascades = ({calls, now}) => {
  const {zone} = useHere();
  return html`<${Panel} title="Calls">${calls.length ? html`<ul class="rows">${calls.map(c =>
    html`<${Cascade} key=${c.call_id} c=${c} now=${now} zone=${zone}/>`)}</ul>` : html`<${Empty}>None that is still known.</${Empty}>`}</${Panel}>`;
};
