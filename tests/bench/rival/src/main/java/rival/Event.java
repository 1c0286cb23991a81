package rival;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A lead.received as it came: read as a stream, no tree; one object is kept for all. */
final class Event {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  String specversion, id, source, type, traceparent;
  boolean hasData;

  String leadId, name, phone, email, from, leadType, city, zip, state, timeframe, wish;
  final List<String> tags = new ArrayList<>();
  long price;
  boolean hasPrice;

  void read(byte[] value) throws IOException {
    specversion = id = source = type = traceparent = null;
    leadId = name = phone = email = from = leadType = null;
    city = zip = state = timeframe = wish = null;
    hasData = hasPrice = false;
    tags.clear();
    try (JsonParser p = FACTORY.createParser(value)) {
      if (p.nextToken() != JsonToken.START_OBJECT)
        throw new IOException("no object");
      for (String field; (field = p.nextFieldName()) != null; ) {
        switch (field) {
          case "specversion" -> specversion = p.nextTextValue();
          case "id" -> id = p.nextTextValue();
          case "source" -> source = p.nextTextValue();
          case "type" -> type = p.nextTextValue();
          case "traceparent" -> traceparent = p.nextTextValue();
          case "data" -> data(p);
          default -> skip(p);
        }
      }
    }
  }

  private static void skip(JsonParser p) throws IOException {
    p.nextToken();
    p.skipChildren();
  }

  private void data(JsonParser p) throws IOException {
    if (p.nextToken() != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    hasData = true;
    for (String field; (field = p.nextFieldName()) != null; ) {
      switch (field) {
        case "lead_id" -> leadId = p.nextTextValue();
        case "contact" -> contact(p);
        case "source" -> from = p.nextTextValue();
        case "lead_type" -> leadType = p.nextTextValue();
        case "tags" -> tags(p);
        case "city" -> city = p.nextTextValue();
        case "zip" -> zip = p.nextTextValue();
        case "state" -> state = p.nextTextValue();
        case "timeframe" -> timeframe = p.nextTextValue();
        case "assigned_agent" -> wish = p.nextTextValue();
        case "price" -> {
          hasPrice = p.nextToken() == JsonToken.VALUE_NUMBER_INT;
          if (hasPrice)
            price = p.getLongValue();
          else
            p.skipChildren();
        }
        default -> skip(p);
      }
    }
  }

  private void contact(JsonParser p) throws IOException {
    if (p.nextToken() != JsonToken.START_OBJECT) {
      p.skipChildren();
      return;
    }
    for (String field; (field = p.nextFieldName()) != null; ) {
      switch (field) {
        case "name" -> name = p.nextTextValue();
        case "phone" -> phone = p.nextTextValue();
        case "email" -> email = p.nextTextValue();
        default -> skip(p);
      }
    }
  }

  private void tags(JsonParser p) throws IOException {
    if (p.nextToken() != JsonToken.START_ARRAY) {
      p.skipChildren();
      return;
    }
    for (String tag; (tag = p.nextTextValue()) != null; )
      tags.add(tag);
  }

  /** The quick way only, for numbers of region US as they are typed. */
  String e164() {
    if (phone == null)
      return null;
    char[] digits = new char[16];
    int n = 0;
    boolean country = false;
    for (int i = 0; i < phone.length(); i++) {
      char c = phone.charAt(i);
      if (c >= '0' && c <= '9') {
        if (n == 15)
          return null;
        digits[n++] = c;
      } else if (c == '+' && n == 0) {
        country = true;
      }
    }
    if (n < 7)
      return null;
    return (country || n != 10 ? "+" : "+1") + new String(digits, 0, n);
  }
}
