package rival;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/** Who can own leads; what every output says of them is encoded once. */
final class Agent {
  final String id;
  /** Among the team's agents. */
  final int place;
  final byte[] packedId, idText;
  boolean known, active, accepting;
  long cap = -1, day, turnsToday;
  byte[] named, recipient, candidate;
  private ZoneId zone;
  private long version = Long.MIN_VALUE, dayBegins = 1, dayEnds = 0, today;

  Agent(String id, int place) {
    this.id = id;
    this.place = place;
    packedId = new Json().packed(id).copy();
    idText = new Json().text(id).copy();
    encode(id, null, null);
  }

  private void encode(String name, String email, String phone) {
    Json j = new Json();
    j.put(Json.fixed("{\"agent_id\":\"")).put(idText).put(Json.fixed("\",\"name\":\""))
        .text(name).put('"');
    named = new Json().put(j.copy()).put('}').copy();
    if (email != null)
      j.put(Json.fixed(",\"email\":\"")).text(email).put('"');
    if (phone != null)
      j.put(Json.fixed(",\"phone\":\"")).text(phone).put('"');
    recipient = j.put('}').copy();
    candidate = j.clear().put(Json.fixed("{\"agent_id\":\"")).put(idText)
        .put(Json.fixed("\",\"pass\":")).copy();
  }

  void configure(JsonNode d) {
    if (d.has("version")) {
      if (d.get("version").asLong() <= version)
        return;
      version = d.get("version").asLong();
    }
    encode(d.path("name").asText(id), d.path("email").asText(null), d.path("phone").asText(null));
    active = d.path("active").asBoolean(true);
    accepting = d.path("accepting_leads").asBoolean(true);
    cap = d.hasNonNull("daily_cap") ? d.get("daily_cap").asLong() : -1;
    zone = d.hasNonNull("time_zone") ? ZoneId.of(d.get("time_zone").asText()) : null;
    dayEnds = 0;
    known = true;
  }

  private long localDay(long now, Team team) {
    if (now < dayBegins || now >= dayEnds) {
      ZoneId z = zone != null ? zone : team.zone;
      LocalDate date = Instant.ofEpochMilli(now).atZone(z).toLocalDate();
      dayBegins = date.atStartOfDay(z).toInstant().toEpochMilli();
      dayEnds = date.plusDays(1).atStartOfDay(z).toInstant().toEpochMilli();
      today = Math.max(today, date.toEpochDay());
    }
    return today;
  }

  boolean mayGet(long now, Team team) {
    if (!active || !accepting)
      return false;
    return cap < 0 || (localDay(now, team) == day ? turnsToday : 0) < cap;
  }

  void countTurn(long now, Team team) {
    long date = localDay(now, team);
    if (date != day) {
      day = date;
      turnsToday = 0;
    }
    turnsToday++;
  }
}
