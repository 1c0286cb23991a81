// What the board shows comes from here: one event stream for each view, read
// with fetch() so that it carries the board's own header. A view that breaks
// stays on the page, says that it is old, and is asked for again.
import {useEffect, useState} from "./preact.js";

const quiet_ms = 25_000; // the service speaks at least every ten seconds
export const slow_ms = 2_000; // from here on people are told

/** Says that a page of this board asks: the session's cookie counts only with
    it, so that no other site can use the cookie. */
export const as_page = (headers = {}) => ({...headers, "x-fairlead-board": "1"});

/** What a request was refused for. */
export class Refused extends Error {
  constructor(status, text, errors = []) {
    super(text);
    this.status = status;
    this.errors = errors;
  }
}

export async function refusal_of(answer) {
  try {
    const problem = await answer.json();
    return new Refused(answer.status, problem.detail || problem.title,
                       problem.errors || []);
  } catch {
    return new Refused(answer.status, `The service answered ${answer.status}.`);
  }
}

export async function ask(path) {
  const answer = await fetch(path, {headers: as_page({accept: "application/json"})});
  if (!answer.ok) throw await refusal_of(answer);
  const found = await answer.json();
  if (found.now) tell_time(found.now);
  return found;
}

/** A token for a session, whose cookie no script can read. */
export async function sign_in(token) {
  const answer = await fetch("/v1/session", {
    method: "POST", headers: as_page({"content-type": "application/json"}), body: JSON.stringify({token})});
  if (!answer.ok) throw await refusal_of(answer);
  return answer.json();
}

export const team_path = (team, rest) =>
  `/v1/teams/${encodeURIComponent(team)}/${rest}`;

// -- the service's clock -------------------------------------------------------

let ahead_ms = 0; // of this machine's clock
const waiting_for_time = new Set();
export const tell_time = text => {
  const at = Date.parse(text);
  if (!at) return;
  const leap = Math.abs(at - Date.now() - ahead_ms) > 500;
  ahead_ms = at - Date.now();
  if (leap) waiting_for_time.forEach(tell => tell(service_now()));
};
export const service_now = () => Date.now() + ahead_ms;

/** The service's time, again every second. */
export function useNow() {
  const [at, set] = useState(service_now());
  useEffect(() => {
    const timer = setInterval(() => set(service_now()), 1000);
    waiting_for_time.add(set);
    return () => { clearInterval(timer); waiting_for_time.delete(set); };
  }, []);
  return at;
}

// -- streams -------------------------------------------------------------------

async function read_stream(url, signal, heard, on) {
  const answer = await fetch(url, {headers: as_page({accept: "text/event-stream"}), signal});
  if (!answer.ok) throw await refusal_of(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    heard();
    text += value;
    let end;
    while ((end = text.indexOf("\n\n")) >= 0) {
      const data = text.slice(0, end).split("\n").filter(l => l.startsWith("data: "))
        .map(l => l.slice(6)).join("\n");
      text = text.slice(end + 2);
      if (data) on(JSON.parse(data));
    }
  }
}

/** Follows a view until stop() is called. `on` gets {view, as_of, lag_s, way_ms}
    and {broken: sentence} or {refused: Refused}. `way_ms`: how long the first
    took to come, and others took longer than the fastest. */
export function follow(team, view, on) {
  const url = team_path(team, `stream?view=${encodeURIComponent(view)}`);
  let stopped = false, wait_ms = 300, attempt = null;
  (async () => {
    while (!stopped) {
      attempt = new AbortController();
      const asked = Date.now();
      let last = asked, fastest = null;
      const watch = setInterval(() => {
        if (Date.now() - last > quiet_ms) attempt.abort();
      }, 1000);
      try {
        await read_stream(url, attempt.signal, () => { last = Date.now(); }, news => {
          wait_ms = 300;
          // How far the two clocks are apart nobody knows; it stays the same.
          const way = last - Date.parse(news.now);
          const way_ms = fastest === null ? last - asked : Math.max(0, way - fastest);
          fastest = fastest === null ? way : Math.min(fastest, way);
          tell_time(news.now);
          if (!stopped) on({...news, way_ms});
        });
        if (!stopped) on({broken: "The service has closed the connection."});
      } catch (e) {
        if (stopped) break;
        if (e instanceof Refused && e.status !== 429 && e.status < 500) {
          on({refused: e});
          if (e.status === 401) break;
        } else {
          on({broken: "The service can't be reached."});
        }
      } finally {
        clearInterval(watch);
      }
      await new Promise(done => setTimeout(done, wait_ms));
      wait_ms = Math.min(wait_ms * 2, 5000);
    }
  })();
  return () => { stopped = true; if (attempt) attempt.abort(); };
}

/** {view, as_of, lag_s, way_ms, late, broken, refused, since} of a live view;
    `late`: nothing has come yet, though it should have. */
export function useLive(team, view, heard) {
  const [state, set] = useState({});
  useEffect(() => {
    set({});
    if (!team) return undefined;
    const timer = setTimeout(() => set(was =>
      was.view || was.broken || was.refused ? was : {...was, late: true}), slow_ms);
    const stop = follow(team, view, news => {
      set(was => news.view || news.refused
        ? {...news, broken: null}
        : {...was, broken: news.broken, since: was.broken ? was.since : Date.now()});
      if (heard) heard(news);
    });
    return () => { clearTimeout(timer); stop(); };
  }, [team, view]);
  return state;
}

/** A question asked once, and again when `deps` change: {answer, failed}. */
export function useAnswer(path, deps) {
  const [state, set] = useState({});
  useEffect(() => {
    let gone = false;
    ask(path).then(answer => { if (!gone) set({answer}); },
                   failed => { if (!gone) set({failed}); });
    return () => { gone = true; };
  }, [path, ...(deps || [])]);
  return state;
}
