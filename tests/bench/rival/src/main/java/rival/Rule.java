package rival;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A routing rule (R4), without active hours and languages. */
final class Rule {
  final byte[] idText;
  final Pool pool;
  final Agent agent;
  private final Set<String> sources, types, tags, cities, zips, states, timeframes;
  private final long least, most;
  private final boolean priced;

  Rule(JsonNode d, Team team) {
    idText = new Json().text(d.get("id").asText()).copy();
    JsonNode to = d.path("assign"), when = d.path("when");
    pool = to.has("pool") ? team.pool(to.get("pool").asText()) : null;
    agent = to.has("agent") ? team.agent(to.get("agent").asText()) : null;
    sources = listed(when.path("sources"));
    types = listed(when.path("lead_types"));
    tags = listed(when.path("tags"));
    cities = listed(when.path("cities"));
    zips = listed(when.path("zips"));
    states = listed(when.path("states"));
    timeframes = listed(when.path("timeframes"));
    priced = when.hasNonNull("min_price") || when.hasNonNull("max_price");
    least = when.path("min_price").asLong(Long.MIN_VALUE);
    most = when.path("max_price").asLong(Long.MAX_VALUE);
  }

  private static Set<String> listed(JsonNode values) {
    if (!values.isArray() || values.isEmpty())
      return null;
    Set<String> all = new HashSet<>();
    for (JsonNode v : values)
      all.add(v.asText().toLowerCase(Locale.ROOT));
    return all;
  }

  private static boolean met(Set<String> listed, String value) {
    if (listed == null)
      return true;
    return value != null
        && (listed.contains(value) || listed.contains(value.toLowerCase(Locale.ROOT)));
  }

  private static boolean anyMet(Set<String> listed, List<String> values) {
    if (listed == null)
      return true;
    for (String v : values)
      if (met(listed, v))
        return true;
    return false;
  }

  private boolean typeMet(String type) {
    return met(types, type)
        || "both".equals(type) && (types.contains("buyer") || types.contains("seller"));
  }

  boolean matches(Event e) {
    return met(sources, e.from) && typeMet(e.leadType) && anyMet(tags, e.tags)
        && met(cities, e.city) && met(zips, e.zip) && met(states, e.state)
        && (!priced || e.hasPrice && least <= e.price && e.price <= most)
        && met(timeframes, e.timeframe);
  }
}
