package rival;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * usage: Main brokers=HOST:PORT prefix=P state.dir=DIR [NAME=VALUE]...
 *
 * <p>Every other name is a setting of Streams. Says `running` and `restored` on
 * its standard output, for who measures it.
 */
public final class Main {
  private static final String[] SINKS = {
    "assignments", "notifications", "decisions", "dead-letters"
  };

  private Main() {}

  public static void main(String[] words) throws InterruptedException {
    Properties settings = settings(words);
    String prefix = (String) settings.remove("prefix");
    KafkaStreams streams = new KafkaStreams(topology(prefix), settings);
    CountDownLatch ended = new CountDownLatch(1);
    streams.setStateListener((now, before) -> {
      if (now == KafkaStreams.State.RUNNING)
        say("running");
      if (now == KafkaStreams.State.ERROR)
        Runtime.getRuntime().halt(1);
    });
    // A run with a fault is no measurement.
    streams.setUncaughtExceptionHandler(e -> {
      say("failed " + e);
      return StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    streams.setGlobalStateRestoreListener(new Restores());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      streams.close(Duration.ofSeconds(10));
      ended.countDown();
    }));
    streams.start();
    ended.await();
  }

  private static void say(String text) {
    System.out.println("rival: " + text);
  }

  /** What a user would end up with who measures until nothing gets better. */
  private static Properties settings(String[] words) {
    Properties p = new Properties();
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG,
        String.valueOf(Runtime.getRuntime().availableProcessors()));
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "100");
    p.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, "4000");
    p.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, "1");
    p.put("auto.offset.reset", "earliest");
    p.put("producer.batch.size", "262144");
    p.put("producer.buffer.memory", "134217728");
    p.put("producer.retry.backoff.ms", "5");
    p.put("producer.send.buffer.bytes", "1048576");
    p.put("main.consumer.max.poll.records", "4000");
    p.put("main.consumer.max.partition.fetch.bytes", "2097152");
    p.put("main.consumer.fetch.max.bytes", "16777216");
    p.put("main.consumer.receive.buffer.bytes", "1048576");
    // It stands still while the others are measured, and nobody takes over.
    p.put("main.consumer.group.instance.id", "rival");
    p.put("main.consumer.session.timeout.ms", "1800000");
    p.put("main.consumer.max.poll.interval.ms", "1800000");
    for (String word : words) {
      int at = word.indexOf('=');
      if (at < 0)
        throw new IllegalArgumentException("not NAME=VALUE: " + word);
      p.put(word.substring(0, at), word.substring(at + 1));
    }
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, p.remove("brokers"));
    p.putIfAbsent(StreamsConfig.APPLICATION_ID_CONFIG, p.get("prefix") + ".app");
    // Longer than the interval, it would be what decides when a commit is made.
    p.putIfAbsent(StreamsConfig.POLL_MS_CONFIG,
        String.valueOf(Math.min(100, Long.parseLong(
            p.get(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG).toString()))));
    return p;
  }

  private static Topology topology(String prefix) {
    Topology t = new Topology();
    ByteArrayDeserializer in = new ByteArrayDeserializer();
    ByteArraySerializer out = new ByteArraySerializer();
    t.addSource("roster", in, in, prefix + ".roster");
    t.addSource("leads", in, in, prefix + ".leads");
    t.addProcessor("assign", Assign::new, "roster", "leads");
    t.addStateStore(store(LeadStore.supplier("leads-kept")).withCachingDisabled(), "assign");
    t.addStateStore(
        store(Stores.inMemoryKeyValueStore("documents")).withCachingDisabled(), "assign");
    // Cached: a commit writes a team's turns once, however many leads it had.
    t.addStateStore(
        store(Stores.inMemoryKeyValueStore("turns")).withCachingEnabled(), "assign");
    // Nothing is in it. Streams keeps its process id on disk only beside a
    // persistent store, and with the same id a restart shuts the dead process
    // out at once.
    t.addStateStore(
        store(Stores.persistentKeyValueStore("identity")).withLoggingDisabled(), "assign");
    for (String name : SINKS)
      t.addSink(name, prefix + '.' + name, out, out, "assign");
    return t;
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(
      KeyValueBytesStoreSupplier supplier) {
    return Stores.keyValueStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray())
        .withLoggingEnabled(Map.of());
  }

  /** From the first store's begin to the last one's end. */
  private static final class Restores implements StateRestoreListener {
    private final Map<String, Boolean> open = new HashMap<>();
    private long began, records;

    @Override
    public synchronized void onRestoreStart(TopicPartition p, String store, long from, long to) {
      if (began == 0)
        began = System.nanoTime();
      open.put(p + store, true);
    }

    @Override
    public void onBatchRestored(TopicPartition p, String store, long end, long count) {}

    @Override
    public synchronized void onRestoreEnd(TopicPartition p, String store, long count) {
      records += count;
      open.remove(p + store);
      if (open.isEmpty())
        say("restored " + records + " in " + (System.nanoTime() - began) / 1000000 + " ms");
    }
  }
}
