// Leads by Kafka's own client and by the CloudEvents SDK for Java, and the outputs read
// by them.
//
// usage: java -cp … KafkaClients.java BROKERS TOPIC_PREFIX URL
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

class KafkaClients {
  static String brokers, prefix;
  static List<String> sent = new ArrayList<>();

  static Map<String, Object> settings(Object... more) {
    Map<String, Object> all = new HashMap<>(Map.of("bootstrap.servers", brokers));
    for (int i = 0; i < more.length; i += 2)
      all.put((String) more[i], more[i + 1]);
    return all;
  }

  static CloudEvent event(String lead) {
    return CloudEventBuilder.v1().withId(lead).withSource(URI.create("/java"))
        .withType("lead.received").withExtension("partitionkey", "acme")
        .withData("application/json", ("{\"lead_id\":\"" + lead + "\"}").getBytes()).build();
  }

  static String text(String lead) {
    return new String(new JsonFormat().serialize(event(lead)));
  }

  static <V> void send(String lead, V value, Map<String, Object> how, Class<?> serializer)
      throws Exception {
    how.put("key.serializer", StringSerializer.class);
    how.put("value.serializer", serializer);
    try (var p = new KafkaProducer<String, V>(how)) {
      p.send(new ProducerRecord<>(prefix + ".leads", "acme", value)).get();
    }
    sent.add(lead);
  }

  public static void main(String[] args) throws Exception {
    brokers = args[0];
    prefix = args[1];
    send("java-plain", text("java-plain"), settings(), StringSerializer.class);
    send("java-gzip", text("java-gzip"), settings("compression.type", "gzip"),
        StringSerializer.class);
    send("sdk-java-binary", event("sdk-java-binary"), settings(), CloudEventSerializer.class);
    send("sdk-java-structured", event("sdk-java-structured"),
        settings("cloudevents.serializer.encoding", Encoding.STRUCTURED,
            "cloudevents.serializer.event_format", JsonFormat.CONTENT_TYPE),
        CloudEventSerializer.class);
    try (var p = new KafkaProducer<>(settings("transactional.id", prefix + "-java"),
            new StringSerializer(), new StringSerializer())) {
      p.initTransactions();
      for (String lead : List.of("java-aborted", "java-committed")) {
        p.beginTransaction();
        p.send(new ProducerRecord<>(prefix + ".leads", "acme", text(lead))).get();
        if (lead.equals("java-aborted"))
          p.abortTransaction();
        else
          p.commitTransaction();
      }
      sent.add("java-committed");
    }

    List<String> owners = new ArrayList<>();
    Set<String> told = new HashSet<>();
    long until = System.nanoTime() + 30_000_000_000L;
    try (var c = new KafkaConsumer<>(settings("group.id", prefix + "-java",
            "auto.offset.reset", "earliest", "isolation.level", "read_committed"),
            new StringDeserializer(), new CloudEventDeserializer())) {
      c.subscribe(List.of(prefix + ".assignments", prefix + ".notifications"));
      while ((owners.size() < sent.size() || told.size() < sent.size())
          && System.nanoTime() < until)
        for (var r : c.poll(Duration.ofMillis(500))) {
          String lead = r.value().getSubject();
          if (sent.contains(lead) && r.value().getType().equals("lead.assigned"))
            owners.add(lead);
          if (sent.contains(lead) && r.value().getType().equals("notification.requested"))
            told.add(lead);
        }
    }
    owners.retainAll(told);
    System.out.println("{\"library\":\"kafka-clients and cloudevents-kafka\",\"sent\":"
        + quoted(sent) + ",\"read\":" + quoted(owners) + "}");
  }

  static String quoted(List<String> all) {
    return all.isEmpty() ? "[]" : "[\"" + String.join("\",\"", all) + "\"]";
  }
}
