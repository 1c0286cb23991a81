// Leads by Kafka's client libraries for Go and by the CloudEvents SDK, and the outputs
// read by them.
//
// usage: kafka-clients BROKERS TOPIC_PREFIX URL
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/cloudevents/sdk-go/protocol/kafka_sarama/v2"
	cloudevents "github.com/cloudevents/sdk-go/v2"
	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"
)

var (
	brokers = strings.Split(os.Args[1], ",")
	prefix  = os.Args[2]
	url     = os.Args[3] + "/v1/events"
	leads   = prefix + ".leads"
	topics  = []string{prefix + ".assignments", prefix + ".notifications"}
	key     = []byte("acme")
)

func must(err error) {
	if err != nil {
		log.Output(2, err.Error())
		os.Exit(1)
	}
}

func event(lead string) cloudevents.Event {
	e := cloudevents.NewEvent()
	e.SetID(lead)
	e.SetSource("/go")
	e.SetType("lead.received")
	e.SetExtension("partitionkey", "acme")
	must(e.SetData(cloudevents.ApplicationJSON, map[string]string{"lead_id": lead}))
	return e
}

func text(lead string) []byte {
	b, err := json.Marshal(event(lead))
	must(err)
	return b
}

// What was read of our leads: an owner and a notification for each.
type reading struct {
	wanted map[string]bool
	owners []string
	told   map[string]bool
}

func read(sent []string) *reading {
	r := &reading{map[string]bool{}, nil, map[string]bool{}}
	for _, lead := range sent {
		r.wanted[lead] = true
	}
	return r
}

func (r *reading) take(value []byte) {
	var e struct {
		Type string
		Data struct {
			Lead string `json:"lead_id"`
		}
	}
	must(json.Unmarshal(value, &e))
	if r.wanted[e.Data.Lead] && e.Type == "lead.assigned" {
		r.owners = append(r.owners, e.Data.Lead)
	}
	if r.wanted[e.Data.Lead] && e.Type == "notification.requested" {
		r.told[e.Data.Lead] = true
	}
}

func (r *reading) whole() bool {
	return len(r.owners) >= len(r.wanted) && len(r.told) >= len(r.wanted)
}

func tell(library string, sent []string, r *reading) {
	got := []string{}
	for _, lead := range r.owners {
		if r.told[lead] {
			got = append(got, lead)
		}
	}
	line, err := json.Marshal(map[string]any{"library": library, "sent": sent, "read": got})
	must(err)
	fmt.Println(string(line))
}

func franzGo(ctx context.Context) {
	send := func(lead string, options ...kgo.Opt) {
		c, err := kgo.NewClient(append(options, kgo.SeedBrokers(brokers...))...)
		must(err)
		defer c.Close()
		must(c.ProduceSync(ctx, &kgo.Record{Topic: leads, Key: key, Value: text(lead)}).FirstErr())
	}
	send("franz-go-default") // snappy
	send("franz-go-gzip", kgo.ProducerBatchCompression(kgo.GzipCompression()))
	c, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.TransactionalID(prefix+"-franz"))
	must(err)
	for _, lead := range []string{"franz-go-aborted", "franz-go-committed"} {
		must(c.BeginTransaction())
		must(c.ProduceSync(ctx, &kgo.Record{Topic: leads, Key: key, Value: text(lead)}).FirstErr())
		must(c.EndTransaction(ctx, kgo.TransactionEndTry(lead == "franz-go-committed")))
	}
	c.Close()
	sent := []string{"franz-go-default", "franz-go-gzip", "franz-go-committed"}
	tell("franz-go", sent, readByFranzGo(ctx, sent))
}

func readByFranzGo(ctx context.Context, sent []string) *reading {
	c, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.ConsumeTopics(topics...),
		kgo.ConsumerGroup(prefix+"-"+sent[0]), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	must(err)
	defer c.Close()
	r := read(sent)
	for !r.whole() && ctx.Err() == nil {
		c.PollFetches(ctx).EachRecord(func(m *kgo.Record) { r.take(m.Value) })
	}
	return r
}

func kafkaGo(ctx context.Context) {
	// Its own default is round robin, key or not: docs/contract.md.
	w := &kafka.Writer{Addr: kafka.TCP(brokers...), Topic: leads, Balancer: kafka.Murmur2Balancer{},
		BatchTimeout: time.Millisecond}
	must(w.WriteMessages(ctx, kafka.Message{Key: key, Value: text("kafka-go-plain")}))
	w.Compression = kafka.Gzip
	must(w.WriteMessages(ctx, kafka.Message{Key: key, Value: text("kafka-go-gzip")}))
	must(w.Close())
	sent := []string{"kafka-go-plain", "kafka-go-gzip"}
	// It reads no transactions: its ReadCommitted hands out what was aborted, and the
	// markers of the broker too (segmentio/kafka-go issue 1332).
	tell("kafka-go", sent, readByFranzGo(ctx, sent))
}

type handler struct {
	r    *reading
	done context.CancelFunc
}

func (handler) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (handler) Cleanup(sarama.ConsumerGroupSession) error { return nil }
func (h handler) ConsumeClaim(s sarama.ConsumerGroupSession, c sarama.ConsumerGroupClaim) error {
	for {
		select {
		case m, open := <-c.Messages():
			if !open {
				return nil
			}
			mutex <- true
			h.r.take(m.Value)
			if h.r.whole() {
				h.done()
			}
			<-mutex
		case <-s.Context().Done():
			return nil
		}
	}
}

var mutex = make(chan bool, 1) // each partition has a goroutine

func withSarama(ctx context.Context) {
	settings := sarama.NewConfig()
	settings.Version = sarama.V2_8_0_0
	settings.Producer.Return.Successes = true
	p, err := sarama.NewSyncProducer(brokers, settings)
	must(err)
	_, _, err = p.SendMessage(&sarama.ProducerMessage{Topic: leads, Key: sarama.ByteEncoder(key),
		Value: sarama.ByteEncoder(text("sarama-plain"))})
	must(err)
	must(p.Close())
	// The SDK's own protocol over it.
	sender, err := kafka_sarama.NewSender(brokers, settings, leads)
	must(err)
	c, err := cloudevents.NewClient(sender)
	must(err)
	keyed := kafka_sarama.WithMessageKey(ctx, sarama.ByteEncoder(key))
	for lead, in := range map[string]context.Context{
		"sdk-go-structured": binding.WithForceStructured(keyed),
		"sdk-go-binary":     binding.WithForceBinary(keyed)} {
		if result := c.Send(in, event(lead)); !cloudevents.IsACK(result) {
			log.Fatal(lead, ": ", result)
		}
	}
	must(sender.Close(ctx))
	// And over HTTP.
	over, err := cloudevents.NewClientHTTP(cloudevents.WithTarget(url))
	must(err)
	bytes := event("sdk-go-http-bytes")
	must(bytes.SetData(cloudevents.ApplicationJSON, []byte(`{"lead_id":"sdk-go-http-bytes"}`)))
	for _, one := range []struct {
		in context.Context
		e  cloudevents.Event
	}{{binding.WithForceStructured(ctx), event("sdk-go-http-structured")},
		{binding.WithForceBinary(ctx), event("sdk-go-http-binary")},
		{binding.WithForceStructured(ctx), bytes}} {
		if result := over.Send(one.in, one.e); !cloudevents.IsACK(result) {
			log.Fatal(one.e.ID(), ": ", result)
		}
	}
	sent := []string{"sarama-plain", "sdk-go-structured", "sdk-go-binary",
		"sdk-go-http-structured", "sdk-go-http-binary", "sdk-go-http-bytes"}
	settings = sarama.NewConfig()
	settings.Version = sarama.V2_8_0_0
	settings.Consumer.IsolationLevel = sarama.ReadCommitted
	settings.Consumer.Offsets.Initial = sarama.OffsetOldest
	group, err := sarama.NewConsumerGroup(brokers, prefix+"-sarama", settings)
	must(err)
	until, done := context.WithCancel(ctx)
	r := read(sent)
	for until.Err() == nil {
		if err := group.Consume(until, topics, handler{r, done}); err != nil {
			log.Print(err)
		}
	}
	must(group.Close())
	done()
	tell("sarama", sent, r)
}

func main() {
	ctx, done := context.WithTimeout(context.Background(), 60*time.Second)
	defer done()
	franzGo(ctx)
	kafkaGo(ctx)
	withSarama(ctx)
}
