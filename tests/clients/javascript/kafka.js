// Leads by kafkajs, in each mode of the CloudEvents SDK, and the outputs read by it:
// with what kafkajs has by itself.
//
// usage: kafka.js BROKERS TOPIC_PREFIX URL
import { CloudEvent, Kafka as Binding } from "cloudevents";
import kafkajs from "kafkajs";

const [brokers, prefix] = process.argv.slice(2);
const topic = `${prefix}.leads`;
const kafka = new kafkajs.Kafka({
  brokers: brokers.split(","), logLevel: kafkajs.logLevel.ERROR,
});

function event(id, more = {}) {
  return new CloudEvent({
    id, source: "/javascript", type: "lead.received", partitionkey: "acme",
    data: { lead_id: id }, ...more,
  });
}

// The SDK leaves headers undefined, which kafkajs can't write.
function message({ headers, value, body }) {
  const known = Object.entries(headers).filter(([, v]) => v !== undefined);
  const bytes = value ?? body;
  return {
    key: "acme", headers: Object.fromEntries(known),
    value: typeof bytes === "string" ? bytes : JSON.stringify(bytes),
  };
}

const sent = [];
const producer = kafka.producer({
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
});
await producer.connect();
async function send(id, m, more = {}) {
  await producer.send({ topic, messages: [m], ...more });
  sent.push(id);
}
await send("kafkajs-structured", message(Binding.structured(event("kafkajs-structured"))));
await send("kafkajs-binary", message(Binding.binary(event("kafkajs-binary"))));
await send("kafkajs-gzip", message(Binding.structured(event("kafkajs-gzip"))),
           { compression: kafkajs.CompressionTypes.GZIP });
await producer.disconnect();

const careful = kafka.producer({
  transactionalId: `${prefix}-kafkajs`, idempotent: true, maxInFlightRequests: 1,
  createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
});
await careful.connect();
for (const [id, end] of [["kafkajs-aborted", "abort"], ["kafkajs-committed", "commit"]]) {
  const transaction = await careful.transaction();
  await transaction.send({ topic, messages: [message(Binding.structured(event(id)))] });
  await transaction[end]();
}
await careful.disconnect();
sent.push("kafkajs-committed");

const owners = [];
const told = new Set();
const consumer = kafka.consumer({ groupId: `${prefix}-kafkajs` });
await consumer.connect();
await consumer.subscribe({
  topics: [`${prefix}.assignments`, `${prefix}.notifications`], fromBeginning: true,
});
await new Promise((resolve) => {
  setTimeout(resolve, 30_000);
  consumer.run({
    eachMessage: async ({ message: { value } }) => {
      const { type, data } = JSON.parse(value);
      if (!sent.includes(data.lead_id)) return;
      if (type === "lead.assigned") owners.push(data.lead_id);
      if (type === "notification.requested") told.add(data.lead_id);
      if (owners.length >= sent.length && told.size >= sent.length) resolve();
    },
  });
});
await consumer.disconnect();
console.log(JSON.stringify({
  library: "kafkajs", sent, read: owners.filter((id) => told.has(id)),
}));
process.exit(0);
