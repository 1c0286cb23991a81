// Publishes a lead, as a web form does.
// usage: node publish.js TEAM LEAD_ID NAME
import { randomUUID } from 'node:crypto'
import { Kafka, Partitioners } from 'kafkajs'

const [team, leadId, name] = process.argv.slice(2)
const { BROKERS = 'localhost:9092', TOPIC_PREFIX = 'fairlead' } = process.env
const kafka = new Kafka({ clientId: 'form', brokers: BROKERS.split(',') })
const producer = kafka.producer({
  idempotent: true,
  // Where Java's client would write. A record elsewhere costs a detour.
  createPartitioner: Partitioners.DefaultPartitioner,
})
const event = {
  specversion: '1.0',
  type: 'lead.received',
  source: '/examples/javascript',
  // The same id again changes nothing, so repeat it when you are not sure.
  id: randomUUID(),
  data: { lead_id: leadId, contact: { name } },
}

await producer.connect()
const [{ topicName, partition }] = await producer.send({
  topic: `${TOPIC_PREFIX}.leads`,
  acks: -1, // all
  messages: [{ key: team, value: JSON.stringify(event) }],
})
console.log(`${leadId} is in ${topicName}, partition ${partition}`)
await producer.disconnect()
