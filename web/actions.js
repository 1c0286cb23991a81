// What people do here is an event of the contract, like anybody's, and names who
// did it. The answer comes when the state has taken it in.
import {ask, refusal_of, team_path, as_page, service_now} from "./live.js";

const wait_s = 3;
let source = null;

/** Somebody else may ask from now on. */
export const forget_who = () => { source = null; };

function new_id() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return "board-" + [...bytes].map(b => b.toString(16).padStart(2, "0")).join("");
}

/** Sends an event and waits for what comes of it: {outputs, dead_letter, late}. */
export async function send(team, type, data) {
  const id = new_id();
  source = source || (await ask("/v1/me")).source;
  const answer = await fetch(`/v1/events?wait_s=${wait_s}`, {
    method: "POST",
    headers: as_page({"content-type": "application/cloudevents+json"}),
    body: JSON.stringify({
      specversion: "1.0", id, source, type, time: new Date(service_now()).toISOString(),
      partitionkey: team, datacontenttype: "application/json", data,
    }),
  });
  if (!answer.ok) throw await refusal_of(answer);
  const [found] = (await answer.json()).events;
  return found.state === "done" ? found : {outputs: [], late: true};
}

/** What came of it, as a sentence. */
export function result_text(found) {
  if (found.dead_letter) return `Not possible: ${found.dead_letter}`;
  if (found.late) return "Sent; the office has not answered yet.";
  const said = found.outputs.filter(o => o.type !== "decision.recorded"
    && o.type !== "notification.requested");
  return said.length ? said.map(o => o.text).join(" · ") : "Done.";
}

export const reassign = (team, lead, to) =>
  send(team, "lead.assignment_requested", {
    lead_id: lead.lead_id,
    ...(to.agent ? {agent_id: to.agent} : {}),
    ...(to.pool ? {pool_id: to.pool} : {}),
    ...(lead.owner_epoch === undefined ? {} : {if_owner_epoch: lead.owner_epoch}),
  });
export const task_done = (team, task) =>
  send(team, "task.completed", {lead_id: task.lead_id, task_id: task.task_id});
export const close_lead = (team, lead) =>
  send(team, "lead.closed", {lead_id: lead.lead_id});
export const toggle = (team, agent, change) =>
  send(team, "agent.availability_changed", {agent_id: agent.agent_id, ...change});
/** What a document would have done on the last seven days (docs/what-if.md). */
export async function try_rules(team, document) {
  const answer = await fetch(team_path(team, "what-if"), {
    method: "POST", headers: as_page({"content-type": "application/json"}),
    body: JSON.stringify({document}),
  });
  if (!answer.ok) throw await refusal_of(answer);
  return answer.json();
}
export const publish_rules = (team, document) =>
  send(team, "team.configured", document);
