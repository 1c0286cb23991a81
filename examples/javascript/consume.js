// Prints who owns which lead, from now on, until Ctrl-C.
// usage: node consume.js GROUP_ID
import { Kafka } from 'kafkajs'

const [groupId] = process.argv.slice(2)
const { BROKERS = 'localhost:9092', TOPIC_PREFIX = 'fairlead' } = process.env
const kafka = new Kafka({ clientId: 'owners', brokers: BROKERS.split(',') })
// Fairlead writes in transactions: what was aborted is not for you. (This is
// the default; said here because it matters.)
const consumer = kafka.consumer({ groupId, readUncommitted: false })

await consumer.connect()
await consumer.subscribe({
  topics: [`${TOPIC_PREFIX}.assignments`],
  fromBeginning: true, // in a new group
})
await consumer.run({
  // An offset is committed after its message has been handled, not before.
  autoCommitThreshold: 1,
  eachMessage: async ({ message }) => {
    const { type, data } = JSON.parse(message.value)
    if (type !== 'lead.assigned' && type !== 'lead.reassigned') return
    // Keep the highest owner_epoch of a lead: this may come twice.
    console.log(`${data.lead_id} belongs to ${data.agent.name}` +
      ` (${data.reason}, epoch ${data.owner_epoch})`)
  },
})

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => consumer.disconnect())
