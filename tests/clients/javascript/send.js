// Sends a lead in each mode of the CloudEvents SDK for JavaScript, and of node's
// own client.
//
// usage: send.js URL
import http from "node:http";
import { CloudEvent, HTTP, Mode, emitterFor, httpTransport } from "cloudevents";

const url = process.argv[2] + "/v1/events";

function event(id, more = {}) {
  return new CloudEvent({
    id, source: "/javascript", type: "lead.received", partitionkey: "acme",
    data: { lead_id: id }, ...more,
  });
}

function say(id, status, body) {
  console.log(JSON.stringify({ id, status, body }));
}

async function send(id, { headers, body }) {
  const answer = await fetch(url, { method: "POST", headers, body });
  say(id, answer.status, await answer.text());
}

await send("fetch-binary", HTTP.binary(event("fetch-binary")));
await send("fetch-structured", HTTP.structured(event("fetch-structured")));
await send("fetch-buffer", HTTP.structured(event("fetch-buffer", {
  datacontenttype: "application/json",
  data: Buffer.from('{"lead_id":"fetch-buffer"}'),
})));

// It sends chunks, and its promise resolves whatever the answer is.
for (const [id, mode] of [["emitter-binary", Mode.BINARY],
                          ["emitter-structured", Mode.STRUCTURED]]) {
  const answer = await emitterFor(httpTransport(url))(event(id), { mode });
  say(id, JSON.parse(answer.body).accepted === 1 ? 202 : 0, answer.body);
}

await new Promise((resolve, reject) => {
  const id = "node-chunked";
  const sent = http.request(url, {
    method: "POST", headers: { "content-type": "application/cloudevents+json" },
  }, (answer) => {
    let body = "";
    answer.on("data", (part) => { body += part; });
    answer.on("end", () => { say(id, answer.statusCode, body); resolve(); });
  });
  sent.on("error", reject);
  const text = JSON.stringify(event(id));
  sent.write(text.slice(0, 20));
  sent.end(text.slice(20));
});
