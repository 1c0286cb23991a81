package rival;

/** The rotation of a pool (R5 to R9): least virtual time in whole numbers. */
final class Pool {
  static final class Member {
    final Agent agent;
    final long weight;
    long pass, lastTurn;
    boolean wasEligible, eligible;

    Member(Agent agent, long weight) {
      this.agent = agent;
      this.weight = weight;
    }
  }

  final String id;
  final byte[] idText;
  Member[] members = {};
  long unit = 1, v, turn;

  Pool(String id) {
    this.id = id;
    idText = new Json().text(id).copy();
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /** Those who stay keep their place; newcomers begin at V. */
  void reform(Member[] next) {
    long wanted = 1;
    for (Member m : next)
      wanted = wanted / gcd(wanted, m.weight) * m.weight;
    v = rescaled(v, wanted);
    for (Member m : next) {
      m.pass = v;
      m.lastTurn = turn;
      for (Member old : members)
        if (old.agent == m.agent) {
          m.pass = Math.min(Math.max(rescaled(old.pass, wanted), v), v + wanted / m.weight);
          m.lastTurn = old.lastTurn;
          m.wasEligible = old.wasEligible;
        }
    }
    unit = wanted;
    members = next;
  }

  private long rescaled(long pass, long wanted) {
    return (pass * wanted + unit - 1) / unit;
  }

  /** Null if nobody may get a lead; then nothing has changed. */
  Member choose(long now, Team team) {
    long lowest = Long.MAX_VALUE;
    boolean any = false;
    for (Member m : members) {
      m.eligible = m.agent.mayGet(now, team);
      any |= m.eligible;
      if (m.eligible && m.wasEligible)
        lowest = Math.min(lowest, m.pass);
    }
    if (!any)
      return null;
    if (lowest != Long.MAX_VALUE)
      v = Math.max(v, lowest);
    Member best = null;
    for (Member m : members) {
      if (m.eligible && !m.wasEligible)
        m.pass = Math.max(m.pass, v);
      m.wasEligible = m.eligible;
      if (m.eligible && (best == null || m.pass < best.pass
          || m.pass == best.pass && m.lastTurn < best.lastTurn))
        best = m;
    }
    v = Math.max(v, best.pass);
    return best;
  }

  /** After whatever the decision says about the passes has been written. */
  void turnOf(Member m) {
    m.pass += unit / m.weight;
    m.lastTurn = ++turn;
  }

  void write(Json to) {
    to.packed(id).packed(unit).packed(v).packed(turn).packed(members.length);
    for (Member m : members)
      to.packed(m.agent.place).packed(m.pass).packed(m.lastTurn).packed(m.wasEligible ? 1 : 0);
  }

  /** What was written about a pool, if the team's document still has it; `agents`
   * are those of the team in the order of that time. */
  static void read(Packed from, Team team, Agent[] agents) {
    Pool pool = team.pool(from.text());
    Pool into = pool != null ? pool : new Pool("");
    into.unit = from.number();
    into.v = from.number();
    into.turn = from.number();
    for (long n = from.number(); n > 0; n--) {
      Agent agent = agents[(int) from.number()];
      long pass = from.number(), last = from.number(), was = from.number();
      for (Member m : into.members)
        if (m.agent == agent) {
          m.pass = pass;
          m.lastTurn = last;
          m.wasEligible = was != 0;
        }
    }
  }
}
