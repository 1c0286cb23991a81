package rival;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** Gives each lead an owner. One object for each partition. */
final class Assign implements Processor<byte[], byte[], byte[], byte[]> {
  private static final ObjectMapper TREES = new ObjectMapper();
  /** Copied by each record that gets them. */
  private static final Headers HEADERS = new RecordHeaders(new Header[] {new RecordHeader(
      "content-type", Json.fixed("application/cloudevents+json; charset=UTF-8"))});
  private static final byte[] ROTATION = Json.fixed("rotation"),
      RULE_AGENT = Json.fixed("rule_agent"), DIRECT = Json.fixed("direct"),
      DEFAULT_OWNER = Json.fixed("default_owner"), ACCOUNT_OWNER = Json.fixed("account_owner");
  private static final long QUIET_MS = 15 * 60 * 1000;

  private final Map<String, Team> teams = new HashMap<>();
  private final Event event = new Event();
  private final Outputs outputs = new Outputs();
  private final Json state = new Json();
  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<Bytes, byte[]> leads, documents, turns;
  private long now;

  @Override
  public void init(ProcessorContext<byte[], byte[]> c) {
    context = c;
    leads = c.getStateStore("leads-kept");
    documents = c.getStateStore("documents");
    turns = c.getStateStore("turns");
  }

  @Override
  public void process(Record<byte[], byte[]> r) {
    now = Math.max(now, r.timestamp());
    RecordMetadata place = context.recordMetadata().orElseThrow();
    if (r.key() == null || r.value() == null)
      dead(r, "missing_team");
    else if (place.topic().endsWith(".roster"))
      roster(r);
    else
      lead(r, place);
  }

  private void lead(Record<byte[], byte[]> r, RecordMetadata place) {
    try {
      event.read(r.value());
    } catch (IOException e) {
      dead(r, "malformed_json");
      return;
    }
    if (!"1.0".equals(event.specversion))
      dead(r, "not_a_cloud_event");
    else if (event.id == null || event.source == null || event.type == null || !event.hasData)
      dead(r, "missing_field");
    else if (!event.type.equals("lead.received"))
      dead(r, "unknown_type");
    else if (event.leadId == null || event.leadId.isEmpty())
      dead(r, "missing_field");
    else
      received(r, place, team(r.key()));
  }

  /** From what is kept, when its first record comes: after a restart, too. */
  private Team team(byte[] key) {
    String id = new String(key, StandardCharsets.UTF_8);
    Team known = teams.get(id);
    if (known != null)
      return known;
    Team team = new Team(id);
    try {
      try (KeyValueIterator<Bytes, byte[]> its =
          documents.range(Bytes.wrap(Json.fixed(id + '\0')), Bytes.wrap(Json.fixed(id + '\1')))) {
        while (its.hasNext()) {
          JsonNode d = TREES.readTree(its.next().value);
          team.agent(d.get("agent_id").asText()).configure(d);
        }
      }
      byte[] document = documents.get(Bytes.wrap(key));
      if (document != null)
        team.configure(TREES.readTree(document));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    byte[] written = turns.get(Bytes.wrap(key));
    if (written != null)
      team.readTurns(written);
    teams.put(id, team);
    return team;
  }

  private void roster(Record<byte[], byte[]> r) {
    Team team = team(r.key());
    try {
      JsonNode e = TREES.readTree(r.value()), d = e.path("data");
      byte[] document = TREES.writeValueAsBytes(d);
      switch (e.path("type").asText()) {
        case "team.configured" -> {
          team.configure(d);
          documents.put(Bytes.wrap(r.key()), document);
        }
        case "agent.configured" -> {
          String agent = d.get("agent_id").asText();
          team.agent(agent).configure(d);
          String key = new String(r.key(), StandardCharsets.UTF_8) + '\0' + agent;
          documents.put(Bytes.wrap(Json.fixed(key)), document);
        }
        default -> dead(r, "unknown_type");
      }
    } catch (IOException e) {
      dead(r, "malformed_json");
    }
    turns.put(Bytes.wrap(r.key()), team.turns(state));
  }

  private static Bytes key(byte[] team, String lead) {
    byte[] id = Json.fixed(lead), key = new byte[team.length + 1 + id.length];
    System.arraycopy(team, 0, key, 0, team.length);
    System.arraycopy(id, 0, key, team.length + 1, id.length);
    return Bytes.wrap(key);
  }

  private void received(Record<byte[], byte[]> r, RecordMetadata place, Team team) {
    Header trace = r.headers().lastHeader("traceparent");
    if (trace != null)
      event.traceparent = new String(trace.value(), StandardCharsets.UTF_8);
    outputs.begin(team, event, now);
    Bytes key = key(r.key(), event.leadId);
    byte[] kept = leads.get(key);
    if (kept != null && again(r, team, key, kept))
      return;
    first(r, place, team, key);
  }

  /** The same lead id once more (R12): fields that are present replace the old ones. */
  private boolean again(Record<byte[], byte[]> r, Team team, Bytes key, byte[] kept) {
    Packed was = new Packed(kept);
    String owner = was.text();
    long epoch = was.number(), told = was.number();
    String phone = was.text(), email = was.text();
    Agent a = owner == null ? null : team.knownAgent(owner);
    if (a == null || !a.active)
      return false;
    boolean tell = now - told >= QUIET_MS;
    if (tell)
      emit(r, outputs.notification(a, epoch, Outputs.RE_INQUIRY), "notifications");
    String newPhone = event.e164(), newEmail = email();
    leads.put(key, state.clear().packed(owner).packed(epoch).packed(tell ? now : told)
        .packed(newPhone != null ? newPhone : phone)
        .packed(newEmail != null ? newEmail : email).copy());
    return true;
  }

  private String email() {
    return event.email == null ? null : event.email.strip().toLowerCase(java.util.Locale.ROOT);
  }

  private void first(Record<byte[], byte[]> r, RecordMetadata place, Team team, Bytes key) {
    Rule rule = null;
    Pool.Member member = null;
    Agent owner = null;
    byte[] reason = null;
    if (event.wish != null) {
      owner = active(team.knownAgent(event.wish));
      reason = DIRECT;
    }
    for (int i = 0; owner == null && i < team.rules.size(); i++) {
      rule = team.rules.get(i);
      if (!rule.matches(event))
        continue;
      if (rule.pool != null) {
        member = rule.pool.choose(now, team);
        owner = member == null ? null : member.agent;
        reason = ROTATION;
      } else if (rule.agent.mayGet(now, team)) {
        owner = rule.agent;
        reason = RULE_AGENT;
      }
    }
    if (owner == null) {
      rule = null;
      owner = active(team.defaultOwner);
      reason = DEFAULT_OWNER;
    }
    if (owner == null) {
      owner = active(team.accountOwner);
      reason = ACCOUNT_OWNER;
    }
    if (owner == null) {
      emit(r, outputs.unassigned(team.configured), "assignments");
      keep(key, null, 0);
      return;
    }
    Pool pool = member == null ? null : rule.pool;
    emit(r, outputs.decision(place, owner, rule, pool, member), "decisions");
    if (pool != null) {
      pool.turnOf(member);
      owner.countTurn(now, team);
    }
    emit(r, outputs.assigned(owner, reason, rule, pool), "assignments");
    if (team.stage != null)
      emit(r, outputs.stage(owner), "assignments");
    emit(r, outputs.notification(owner, 1, Outputs.NEW_LEAD), "notifications");
    keep(key, owner.id, 1);
    if (pool != null)
      turns.put(Bytes.wrap(r.key()), team.turns(state));
  }

  private static Agent active(Agent a) {
    return a != null && a.known && a.active ? a : null;
  }

  private void keep(Bytes key, String owner, long epoch) {
    leads.put(key, state.clear().packed(owner).packed(epoch).packed(0)
        .packed(event.e164()).packed(email()).copy());
  }

  private void emit(Record<byte[], byte[]> r, byte[] value, String sink) {
    context.forward(new Record<>(r.key(), value, now, HEADERS), sink);
  }

  private void dead(Record<byte[], byte[]> r, String reason) {
    Headers headers = new RecordHeaders(r.headers().toArray());
    headers.add("kafka_dlt-exception-fqcn", Json.fixed(reason));
    context.forward(new Record<>(r.key(), r.value(), now, headers), "dead-letters");
  }
}
