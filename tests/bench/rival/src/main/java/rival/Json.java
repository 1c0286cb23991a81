package rival;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON text, and binary state, in a buffer that is kept. What is the same in
 * every record is encoded once (`fixed`); only values are written.
 */
final class Json {
  private static final byte[] HEX = fixed("0123456789abcdef");

  private byte[] buffer = new byte[4096];
  private int size;

  static byte[] fixed(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  Json clear() {
    size = 0;
    return this;
  }

  byte[] copy() {
    return Arrays.copyOf(buffer, size);
  }

  byte[] bytes() {
    return buffer;
  }

  int size() {
    return size;
  }

  private void room(int more) {
    if (size + more > buffer.length)
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
  }

  Json put(byte[] part) {
    room(part.length);
    System.arraycopy(part, 0, buffer, size, part.length);
    size += part.length;
    return this;
  }

  Json put(int octet) {
    room(1);
    buffer[size++] = (byte) octet;
    return this;
  }

  /** Without quotes around it, with everything inside escaped. */
  Json text(String s) {
    int n = s.length();
    room(6 * n);
    int i = 0;
    for (; i < n; i++) {
      char c = s.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\')
        return unusual(s, i);
      buffer[size++] = (byte) c;
    }
    return this;
  }

  private Json unusual(String s, int from) {
    for (int i = from; i < s.length(); ) {
      int c = s.codePointAt(i);
      i += Character.charCount(c);
      if (c == '"' || c == '\\') {
        put('\\').put(c);
      } else if (c < ' ') {
        put('\\').put('u').put('0').put('0').put(HEX[c >> 4]).put(HEX[c & 15]);
      } else if (c < 0x80) {
        put(c);
      } else if (c < 0x800) {
        put(0xc0 | c >> 6).put(0x80 | c & 63);
      } else if (c < 0x10000) {
        put(0xe0 | c >> 12).put(0x80 | c >> 6 & 63).put(0x80 | c & 63);
      } else {
        put(0xf0 | c >> 18).put(0x80 | c >> 12 & 63).put(0x80 | c >> 6 & 63).put(0x80 | c & 63);
      }
    }
    return this;
  }

  /** A number that is not negative, in decimal. */
  Json number(long value) {
    room(20);
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10)
      digits++;
    int at = size += digits;
    do {
      buffer[--at] = (byte) ('0' + value % 10);
      value /= 10;
    } while (value != 0);
    return this;
  }

  /** For state: seven bits a byte, the lowest first. */
  Json packed(long value) {
    room(10);
    while ((value & ~0x7fL) != 0) {
      buffer[size++] = (byte) (value | 0x80);
      value >>>= 7;
    }
    buffer[size++] = (byte) value;
    return this;
  }

  /** For state: its length in front of it; null is another thing than empty. */
  Json packed(String s) {
    if (s == null)
      return packed(0);
    byte[] encoded = fixed(s);
    return packed(encoded.length + 1).put(encoded);
  }
}
