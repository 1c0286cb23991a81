package rival;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A team's document and its turns, parsed once and kept on the heap. */
final class Team {
  final byte[] idText;
  /** `source` and `partitionkey` of every output. */
  final byte[] envelope;
  long configVersion;
  boolean configured;
  ZoneId zone = ZoneId.of("UTC");
  byte[] stage = Json.fixed("working");
  Agent defaultOwner, accountOwner;
  final List<Rule> rules = new ArrayList<>();

  private final Map<String, Agent> agents = new HashMap<>();
  private final List<Agent> inOrder = new ArrayList<>();
  private List<Pool> pools = new ArrayList<>();
  private long documents, version = Long.MIN_VALUE;

  Team(String id) {
    idText = new Json().text(id).copy();
    envelope = new Json().put(Json.fixed("\",\"source\":\"/fairlead/")).put(idText)
        .put(Json.fixed("\",\"partitionkey\":\"")).put(idText).copy();
  }

  Agent agent(String id) {
    return agents.computeIfAbsent(id, k -> {
      Agent made = new Agent(k, inOrder.size());
      inOrder.add(made);
      return made;
    });
  }

  Agent knownAgent(String id) {
    Agent a = agents.get(id);
    return a != null && a.known ? a : null;
  }

  Pool pool(String id) {
    for (Pool p : pools)
      if (p.id.equals(id))
        return p;
    return null;
  }

  void configure(JsonNode d) {
    if (d.has("version")) {
      if (d.get("version").asLong() <= version)
        return;
      version = d.get("version").asLong();
    }
    configVersion = d.has("version") ? version : ++documents;
    configured = true;
    zone = ZoneId.of(d.path("time_zone").asText("UTC"));
    JsonNode to = d.path("stages").path("assigned");
    stage = to.isNull() ? null : new Json().text(to.asText("working")).copy();
    accountOwner = agent(d.get("account_owner").asText());
    defaultOwner = d.hasNonNull("default_owner")
        ? agent(d.get("default_owner").asText()) : accountOwner;
    List<Pool> next = new ArrayList<>();
    for (JsonNode p : d.path("pools")) {
      Pool pool = pool(p.get("id").asText());
      if (pool == null)
        pool = new Pool(p.get("id").asText());
      List<Pool.Member> members = new ArrayList<>();
      for (JsonNode m : p.path("members"))
        members.add(new Pool.Member(
            agent(m.get("agent_id").asText()), m.path("weight").asLong(1)));
      pool.reform(members.toArray(new Pool.Member[0]));
      next.add(pool);
    }
    pools = next;
    rules.clear();
    for (JsonNode r : d.path("routing_rules"))
      rules.add(new Rule(r, this));
  }

  byte[] turns(Json to) {
    to.clear().packed(inOrder.size());
    for (Agent a : inOrder)
      to.put(a.packedId).packed(a.day).packed(a.turnsToday);
    to.packed(pools.size());
    for (Pool p : pools)
      p.write(to);
    return to.copy();
  }

  void readTurns(byte[] written) {
    Packed from = new Packed(written);
    Agent[] then = new Agent[(int) from.number()];
    for (int i = 0; i < then.length; i++) {
      Agent a = then[i] = agent(from.text());
      a.day = from.number();
      a.turnsToday = from.number();
    }
    for (long n = from.number(); n > 0; n--)
      Pool.read(from, this, then);
  }
}
