package rival;

import java.security.MessageDigest;
import java.security.DigestException;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/** The events of one step, in the contract's words: fixed parts, and values in between. */
final class Outputs {
  static final byte[] NEW_LEAD = Json.fixed("new_lead"), RE_INQUIRY = Json.fixed("re_inquiry");

  private static final byte[] ID = Json.fixed("{\"specversion\":\"1.0\",\"id\":\""),
      TYPE = Json.fixed("\",\"type\":\""), SUBJECT = Json.fixed("\",\"subject\":\""),
      TIME = Json.fixed("\",\"time\":\""),
      CAUSE = Json.fixed("\",\"datacontenttype\":\"application/json\",\"causationid\":\""),
      TRACE = Json.fixed("\",\"traceparent\":\""), DATA = Json.fixed("\",\"data\":{\"team_id\":\""),
      LEAD = Json.fixed("\",\"lead_id\":\""), OWNER = Json.fixed("\",\"owner\":\""),
      EPOCH = Json.fixed("\",\"owner_epoch\":"), END = Json.fixed("\"}}"),
      ASSIGNED = Json.fixed("lead.assigned"), AGENT = Json.fixed(",\"agent\":"),
      REASON = Json.fixed(",\"reason\":\""), RULE = Json.fixed("\",\"rule_id\":\""),
      POOL = Json.fixed("\",\"pool_id\":\""), TURN = Json.fixed("\",\"turn\":"),
      DECIDED = Json.fixed(",\"decision_id\":\""), TEXT_DECIDED = Json.fixed("\",\"decision_id\":\""),
      STAGE = Json.fixed("lead.stage_changed"), TO = Json.fixed(",\"to\":\""),
      UNASSIGNED = Json.fixed("lead.unassigned"),
      NO_OWNER = Json.fixed("\",\"owner\":null,\"owner_epoch\":0,\"reason\":\""),
      NOBODY = Json.fixed("nobody_eligible"), UNKNOWN = Json.fixed("unknown_team"),
      TELL = Json.fixed("notification.requested"), TOLD = Json.fixed(",\"notification_id\":\""),
      KIND = Json.fixed("\",\"kind\":\""), RECIPIENT = Json.fixed("\",\"recipient\":"),
      TITLE = Json.fixed(",\"title\":\"New lead: "), TEXT = Json.fixed("\",\"text\":\""),
      FROM = Json.fixed(", from "), YOURS = Json.fixed(", is yours."),
      DECISION = Json.fixed("decision.recorded"),
      AT = Json.fixed("\",\"kind\":\"assignment\",\"at\":\""),
      TOPIC = Json.fixed("\",\"cause\":{\"topic\":\""), PARTITION = Json.fixed("\",\"partition\":"),
      OFFSET = Json.fixed(",\"offset\":"), VERSION = Json.fixed("},\"config_version\":"),
      BY_RULE = Json.fixed(",\"rule_id\":\""), V = Json.fixed("\",\"v_before\":"),
      CANDIDATES = Json.fixed(",\"candidates\":["), CHOSEN = Json.fixed("],\"chosen\":\""),
      TIE_LAST = Json.fixed("\",\"tie_break\":\"least_recently_assigned\",\"pass_after\":"),
      TIE_PLACE = Json.fixed("\",\"tie_break\":\"position\",\"pass_after\":"),
      AFTER = Json.fixed("\",\"pass_after\":"), INACTIVE = Json.fixed(",\"excluded\":\"inactive\""),
      PAUSED = Json.fixed(",\"excluded\":\"paused\""),
      CAPPED = Json.fixed(",\"excluded\":\"capped\""), CLOSED = Json.fixed("}}");

  private static final byte[] HEX = new byte[512];

  static {
    for (int i = 0; i < 256; i++) {
      HEX[2 * i] = (byte) Character.forDigit(i >> 4, 16);
      HEX[2 * i + 1] = (byte) Character.forDigit(i & 15, 16);
    }
  }

  private final Json json = new Json(), name = new Json();
  private final MessageDigest sha1;
  private final byte[] digest = new byte[20], id = new byte[36], decisionId = new byte[36];
  private final byte[] namespace, time = Json.fixed("0000-00-00T00:00:00.000Z");
  private Team team;
  private Event event;
  private long timeOf = Long.MIN_VALUE, dayOf = Long.MIN_VALUE;
  private int ordinal;

  Outputs() {
    try {
      sha1 = MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    // The namespace of URLs, then that of this product in it (contract: derived ids).
    byte[] urls = java.util.HexFormat.of().parseHex("6ba7b8119dad11d180b400c04fd430c8");
    uuid(name.clear().put(urls).put(Json.fixed("fairlead")));
    namespace = java.util.Arrays.copyOf(digest, 16);
  }

  void begin(Team of, Event from, long now) {
    team = of;
    event = from;
    ordinal = 0;
    if (now != timeOf)
      format(now);
  }

  byte[] decision(RecordMetadata place, Agent owner, Rule rule, Pool pool, Pool.Member member) {
    envelope(DECISION);
    System.arraycopy(id, 0, decisionId, 0, id.length);
    data(owner, 1);
    json.put(DECIDED).put(decisionId).put(AT).put(time).put(TOPIC).text(place.topic())
        .put(PARTITION).number(place.partition()).put(OFFSET).number(place.offset())
        .put(VERSION).number(team.configVersion);
    if (rule != null)
      json.put(BY_RULE).put(rule.idText);
    if (pool == null) {
      if (rule != null)
        json.put('"');
      return json.put(CANDIDATES).put(CHOSEN).put(owner.idText).put(END).copy();
    }
    json.put(POOL).put(pool.idText).put(V).number(pool.v).put(CANDIDATES);
    boolean tie = false, position = false;
    for (int i = 0; i < pool.members.length; i++) {
      Pool.Member m = pool.members[i];
      if (i > 0)
        json.put(',');
      json.put(m.agent.candidate).number(m.pass);
      if (!m.eligible)
        json.put(!m.agent.active ? INACTIVE : !m.agent.accepting ? PAUSED : CAPPED);
      else if (m != member && m.pass == member.pass) {
        tie = true;
        position |= m.lastTurn == member.lastTurn;
      }
      json.put('}');
    }
    return json.put(CHOSEN).put(owner.idText)
        .put(position ? TIE_PLACE : tie ? TIE_LAST : AFTER)
        .number(member.pass + pool.unit / member.weight).put(CLOSED).copy();
  }

  byte[] assigned(Agent owner, byte[] reason, Rule rule, Pool pool) {
    envelope(ASSIGNED);
    data(owner, 1);
    json.put(AGENT).put(owner.named).put(REASON).put(reason);
    if (rule != null)
      json.put(RULE).put(rule.idText);
    if (pool != null)
      json.put(POOL).put(pool.idText).put(TURN).number(pool.turn).put(DECIDED);
    else
      json.put(TEXT_DECIDED);
    return json.put(decisionId).put(END).copy();
  }

  byte[] stage(Agent owner) {
    envelope(STAGE);
    data(owner, 1);
    return json.put(TO).put(team.stage).put(END).copy();
  }

  byte[] unassigned(boolean configured) {
    envelope(UNASSIGNED);
    return json.put(DATA).put(team.idText).put(LEAD).text(event.leadId).put(NO_OWNER)
        .put(configured ? NOBODY : UNKNOWN).put(END).copy();
  }

  byte[] notification(Agent owner, long epoch, byte[] kind) {
    envelope(TELL);
    data(owner, epoch);
    String who = event.name != null ? event.name : event.leadId;
    json.put(TOLD).put(id).put(KIND).put(kind).put(RECIPIENT).put(owner.recipient)
        .put(TITLE).text(who).put(TEXT).text(who);
    if (event.from != null)
      json.put(FROM).text(event.from);
    return json.put(YOURS).put(END).copy();
  }

  private void envelope(byte[] type) {
    uuid(name.clear().put(namespace).put(team.idText).put(0x1f).text(event.source).put(0x1f)
        .text(event.id).put(0x1f).number(ordinal++));
    json.clear().put(ID).put(id).put(team.envelope).put(TYPE).put(type)
        .put(SUBJECT).text(event.leadId).put(TIME).put(time).put(CAUSE).text(event.id);
    if (event.traceparent != null)
      json.put(TRACE).text(event.traceparent);
  }

  private void data(Agent owner, long epoch) {
    json.put(DATA).put(team.idText).put(LEAD).text(event.leadId)
        .put(OWNER).put(owner.idText).put(EPOCH).number(epoch);
  }

  /** Version 5 of what was named, into `id`. */
  private void uuid(Json named) {
    sha1.update(named.bytes(), 0, named.size());
    try {
      sha1.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
    digest[6] = (byte) (digest[6] & 0x0f | 0x50);
    digest[8] = (byte) (digest[8] & 0x3f | 0x80);
    for (int i = 0, at = 0; i < 16; i++) {
      if (i == 4 || i == 6 || i == 8 || i == 10)
        id[at++] = '-';
      int octet = 2 * (digest[i] & 0xff);
      id[at++] = HEX[octet];
      id[at++] = HEX[octet + 1];
    }
  }

  private void two(int at, long value) {
    time[at] = (byte) ('0' + value / 10);
    time[at + 1] = (byte) ('0' + value % 10);
  }

  private void format(long now) {
    timeOf = now;
    long day = Math.floorDiv(now, 86_400_000L), ms = Math.floorMod(now, 86_400_000L);
    if (day != dayOf) {
      dayOf = day;
      System.arraycopy(Json.fixed(LocalDate.ofEpochDay(day).toString()), 0, time, 0, 10);
    }
    two(11, ms / 3_600_000);
    two(14, ms / 60_000 % 60);
    two(17, ms / 1000 % 60);
    time[20] = (byte) ('0' + ms % 1000 / 100);
    two(21, ms % 100);
  }
}
