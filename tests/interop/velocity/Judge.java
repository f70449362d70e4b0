import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.PathNotFoundException;
import java.io.StringWriter;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import net.minidev.json.JSONArray;
import net.minidev.json.JSONStyle;
import net.minidev.json.JSONValue;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/**
 * What Apache Velocity makes of the cases on standard input, a JSON list of {name, template,
 * input}: a JSON object of name to output, or {"error": …}. The variables are API Gateway's; its
 * $input.path gives what the JSONPath library gives.
 */
public final class Judge {
  private static final JSONStyle PLAIN_SLASHES = new JSONStyle(JSONStyle.FLAG_PROTECT_4WEB);

  /** $input. */
  public static final class Input {
    private final String body;

    Input(String body) {
      this.body = body;
    }

    public String getBody() {
      return body;
    }

    public Object path(String path) {
      try {
        return JsonPath.read(body, path);
      } catch (PathNotFoundException absent) {
        return null;
      }
    }

    public String json(String path) {
      try {
        return JSONValue.toJSONString(JsonPath.read(body, path), PLAIN_SLASHES);
      } catch (PathNotFoundException absent) {
        return "\"\"";
      }
    }

    public String params(String name) {
      Object value = ((Map<?, ?>) params().get("querystring")).get(name);
      return value == null ? "" : value.toString();
    }

    public Map<String, Object> params() {
      return Map.of("querystring", new LinkedHashMap<>(Map.of("room", "blue")));
    }
  }

  /** $util. */
  public static final class Util {
    public String escapeJavaScript(String text) {
      return StringEscapeUtils.escapeJavaScript(text);
    }

    public Object parseJson(String text) {
      return Configuration.defaultConfiguration().jsonProvider().parse(text);
    }

    public String urlEncode(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    public String urlDecode(String text) {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    public String base64Encode(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public String base64Decode(String text) {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }
  }

  private Judge() {}

  public static void main(String[] arguments) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem.class",
        "org.apache.velocity.runtime.log.NullLogChute");
    engine.init();
    byte[] cases = System.in.readAllBytes();
    Map<String, Object> results = new LinkedHashMap<>();
    for (Object one : (JSONArray) JSONValue.parse(new String(cases, StandardCharsets.UTF_8))) {
      Map<?, ?> row = (Map<?, ?>) one;
      VelocityContext context = new VelocityContext();
      String body = row.get("input") == null ? "" : row.get("input").toString();
      context.put("input", new Input(body));
      context.put("util", new Util());
      Map<String, Object> identity = new LinkedHashMap<>(Map.of("sourceIp", "192.0.2.1"));
      context.put("context", new LinkedHashMap<>(Map.of("stage", "prod", "routeKey", "say",
          "connectionId", "L0SM9cOFvHcCIhw=", "identity", identity)));
      context.put("stageVariables", new LinkedHashMap<>(Map.of("table", "rooms")));
      StringWriter out = new StringWriter();
      try {
        engine.evaluate(context, out, "case", row.get("template").toString());
        results.put(row.get("name").toString(), out.toString());
      } catch (Exception refused) {
        results.put(row.get("name").toString(), Map.of("error", refused.getClass().getName()));
      }
    }
    System.out.println(JSONValue.toJSONString(results));
  }
}
