// What all pages share: the pieces that they are made of.
import {html, useState, useEffect, useRef, createContext, useContext} from "./preact.js";
import {ask, slow_ms, team_path} from "./live.js";
import {lead_title, time_of_day} from "./words.js";
import * as actions from "./actions.js";

/** {team, zone, now, say}: where we are. */
export const Here = createContext({});
export const useHere = () => useContext(Here);

export const link = (team, ...rest) => "#/" + [team, ...rest].map(encodeURIComponent).join("/");

export const LeadLink = ({lead}) => {
  const {team} = useHere();
  return html`<a href=${link(team, "lead", lead.lead_id)}>${lead_title(lead)}</a>`;
};

export const Head = ({title, sub, state, children}) => html`
  <div class="head">
    <div><h1 tabindex="-1">${title}</h1>${sub ? html`<p class="sub">${sub}</p>` : null}</div>
    <div class="right">${children}${state ? html`<${Live} ...${state}/>` : null}</div>
  </div>`;

export const Live = ({view, lag_s, way_ms, late, broken, refused}) => {
  if (broken) return html`<span class="live old" role="status">no connection</span>`;
  if (refused) return html`<span class="live old" role="status">refused</span>`;
  if (!view)
    return late ? html`<span class="live old" role="status">slow connection…</span>`
                : html`<span class="live" role="status">connecting…</span>`;
  if (lag_s > 2) return html`<span class="live old" role="status">${lag_s.toFixed(0)} s behind</span>`;
  return way_ms > slow_ms
    ? html`<span class="live old" role="status">live, slow connection: ${(way_ms / 1000).toFixed(0)} s</span>`
    : html`<span class="live" role="status">live</span>`;
};

/** What stands above a page whose view is old or refused. */
export const Trouble = ({state}) => {
  const {zone} = useHere();
  if (state.broken)
    return html`<div class="banner" role="alert">${state.broken} Trying again;${" "}
      ${state.view ? `this is how it was at ${time_of_day(state.since, zone)}.` : "nothing is here yet."}</div>`;
  if (state.refused) return html`<div class="banner" role="alert">${state.refused.message}</div>`;
  return null;
};

export const Panel = ({title, right, children, id}) => html`
  <section class="panel" aria-label=${title} id=${id}>
    <header><h2>${title}</h2>${right ? html`<div class="right">${right}</div>` : null}</header>
    ${children}
  </section>`;

export const Empty = ({children}) => html`<p class="empty">${children}</p>`;

export const Chip = ({tone, children}) => html`<span class=${"chip " + (tone || "")}>${children}</span>`;

/** A button that does something and says what came of it. */
export const Do = ({act, children, kind, label}) => {
  const {say} = useHere();
  const [busy, set] = useState(false);
  const alive = useRef(true);
  useEffect(() => () => { alive.current = false; }, []);
  const run = async () => {
    set(true);
    try {
      const found = await act();
      if (found) say(actions.result_text(found), found.dead_letter ? "bad" : "");
    } catch (e) {
      say(e.message, "bad");
    }
    if (alive.current) set(false);
  };
  return html`<button class=${kind || "small"} disabled=${busy} onClick=${run}
    aria-label=${label}>${children}</button>`;
};

export const Switch = ({on, act, children}) => {
  const {say} = useHere();
  const [busy, set] = useState(false);
  const flip = async () => {
    set(true);
    try { say(actions.result_text(await act(!on)) === "Done." ? "Done: " + children + (on ? " off" : " on")
                                                             : "Sent"); }
    catch (e) { say(e.message, "bad"); }
    set(false);
  };
  return html`<button class="switch" role="switch" aria-checked=${on ? "true" : "false"}
    disabled=${busy} onClick=${flip}><i></i><span>${children}</span></button>`;
};

/** Gives a lead to somebody else: an agent, a pool, or as the rules say. */
export const Reassign = ({lead, agents, pools}) => {
  const {team, say} = useHere();
  const [busy, set] = useState(false);
  const pick = async e => {
    const [kind, id] = [e.target.value.slice(0, 1), e.target.value.slice(2)];
    const select = e.target;
    if (!kind) return;
    set(true);
    try {
      const found = await actions.reassign(team, lead,
        kind === "a" ? {agent: id} : kind === "p" ? {pool: id} : {});
      say(actions.result_text(found), found.dead_letter ? "bad" : "");
    } catch (err) { say(err.message, "bad"); }
    select.value = "";
    set(false);
  };
  return html`<select class="small" disabled=${busy} onChange=${pick}
      aria-label=${`Give ${lead_title(lead)} to`}>
    <option value="">Reassign…</option>
    <optgroup label="Agents">${(agents || []).map(a =>
      html`<option key=${a.agent_id} value=${"a:" + a.agent_id}>${a.name}</option>`)}</optgroup>
    ${pools && pools.length ? html`<optgroup label="Pools">${pools.map(p =>
      html`<option key=${p} value=${"p:" + p}>pool ${p}</option>`)}</optgroup>` : null}
    <optgroup label="Rules"><option value="r:">as the rules say</option></optgroup>
  </select>`;
};

/** The decision behind an output: a sentence and everybody who was looked at. */
export const Why = ({decision}) => html`
  <div class="why">
    <p class="body" style=${{padding: "8px 12px"}}>${decision.text}
      ${decision.rule_id ? html` <span class="muted">Rule ${decision.rule_id}, document ${decision.config_version}.</span>` : null}</p>
    ${decision.passed_over.length ? html`<p class="small muted" style=${{padding: "0 12px 8px"}}>
      ${decision.passed_over.map(r => `Rule ${r.rule_id} ${r.text}`).join(". ")}.</p>` : null}
    ${decision.candidates.length ? html`<table>
      <caption class="only-read">Who was looked at</caption>
      <thead><tr><th scope="col">Candidate</th><th scope="col">What of them</th><th scope="col" class="number">Pass</th></tr></thead>
      <tbody>${decision.candidates.map(c => html`<tr key=${c.agent_id}>
        <td>${c.chosen ? html`<strong>${c.name}</strong>` : c.name}</td>
        <td class=${c.chosen ? "good" : c.excluded ? "muted" : ""}>${c.text}</td>
        <td class="number">${c.pass === undefined ? "" : c.pass}</td></tr>`)}</tbody></table>` : null}
  </div>`;

export const WhyButton = ({id, decision_id}) => {
  const {team} = useHere();
  const [open, set] = useState(false);
  const [found, got] = useState(null);
  const show = async () => {
    set(!open);
    if (!found) {
      const all = await ask(team_path(team, `why/${encodeURIComponent(id)}`)).catch(() => ({decisions: []}));
      got(all.decisions);
    }
  };
  const one = found && (found.find(d => d.decision_id === decision_id) || null);
  return html`<button class="quiet" aria-expanded=${open ? "true" : "false"} onClick=${show}>${open ? "hide why" : "why?"}</button>
    ${open && one ? html`<${Why} decision=${one}/>` : null}
    ${open && found && !one ? html`<p class="small muted">The decision is older than what the board keeps.</p>` : null}`;
};

export const Table = ({caption, heads, children, stack = true, kind = ""}) => html`
  <div class="scroll"><table class=${(stack ? "stack " : "") + kind}>
    <caption class="only-read">${caption}</caption>
    <thead><tr>${heads.map(h => html`<th scope="col" class=${h.number ? "number" : ""}>${h.number || h}</th>`)}</tr></thead>
    <tbody>${children}</tbody></table></div>`;
