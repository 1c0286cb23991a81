package rival;

import java.nio.charset.StandardCharsets;

/** Reads what Json's `packed` has written. */
final class Packed {
  private final byte[] from;
  private int at;

  Packed(byte[] from) {
    this.from = from;
  }

  long number() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = from[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0)
        return value;
    }
  }

  String text() {
    int length = (int) number() - 1;
    if (length < 0)
      return null;
    at += length;
    return new String(from, at - length, length, StandardCharsets.UTF_8);
  }
}
