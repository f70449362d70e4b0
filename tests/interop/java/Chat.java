import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.apigatewaymanagementapi.model.GoneException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.lambda.LambdaClient;

/**
 * The chat's other client: the JDK's WebSocket and the AWS SDK for Java v2, with nothing about
 * gatehouse in it. java Chat.java URL MANAGEMENT-URL TABLE FUNCTION; prints what it sees.
 */
public final class Chat {
  private static final Pattern MESSAGE =
      Pattern.compile(
          "\\{\"type\":\"message\",\"payload\":\\{\"user\":\"(.*)\",\"message\":\"(.*)\"\\}\\}");
  private static final Pattern CONNECTION_ID = Pattern.compile("\\{\"connectionId\":\"(.*)\"\\}");

  /** One person: what arrives waits in a queue. */
  private static final class Person implements WebSocket.Listener {
    private final String name;
    private final LinkedBlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    Person(HttpClient http, String url, String name) {
      this.name = name;
      socket =
          http.newWebSocketBuilder()
              .connectTimeout(Duration.ofSeconds(10))
              .buildAsync(URI.create(url + "?username=" + name), this)
              .join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        arrived.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    void send(String message) {
      socket.sendText(message, true).join();
    }

    String receive() throws InterruptedException, IOException {
      String message = arrived.poll(10, TimeUnit.SECONDS);
      if (message == null) throw new IOException(name + " heard nothing for 10 s");
      return message;
    }

    void receiveMessage() throws InterruptedException, IOException {
      Matcher m = match(MESSAGE, receive());
      System.out.println(name + ": 📨 Message from " + m.group(1) + ": " + m.group(2));
    }

    String id() throws InterruptedException, IOException {
      send("{\"action\":\"getConnectionId\"}");
      return match(CONNECTION_ID, receive()).group(1);
    }
  }

  private static Matcher match(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) throw new IOException("unexpected: " + text);
    return matcher;
  }

  private static void talk(Person ann, Person bob) throws Exception {
    ann.send("{\"action\":\"sendMessage\",\"message\":\"hello\"}");
    ann.receiveMessage();
    bob.receiveMessage();
    ann.send(
        "{\"action\":\"sendDirect\",\"connectionId\":\""
            + bob.id()
            + "\",\"operationType\":\"signing\",\"message\":{\"txId\":\"abc123\",\"amount\":1.50}}");
    System.out.println("bob: " + bob.receive());
  }

  /** Posts to bob, looks at him and closes him, as a backend does. */
  private static void manage(ApiGatewayManagementApiClient api, Person bob) throws Exception {
    String id = bob.id();
    api.postToConnection(
        r -> r.connectionId(id).data(SdkBytes.fromUtf8String("from the SDK: 1.50 Grüße")));
    System.out.println("bob: " + bob.receive());
    var got = api.getConnection(r -> r.connectionId(id));
    boolean inOrder = !got.lastActiveAt().isBefore(got.connectedAt());
    System.out.println("connected before active: " + inOrder);
    api.deleteConnection(r -> r.connectionId(id));
    System.out.println("bob closed: " + bob.closed.get(10, TimeUnit.SECONDS));
    try {
      api.postToConnection(r -> r.connectionId(id).data(SdkBytes.fromUtf8String("too late")));
    } catch (GoneException error) {
      System.out.println("gone: true");
    }
  }

  /** Reads the chat's table and invokes its broadcast. */
  private static void backends(String table, String function, Person ann) throws Exception {
    try (DynamoDbClient tables = DynamoDbClient.create();
        LambdaClient functions = LambdaClient.create()) {
      System.out.println("rows: " + tables.scan(r -> r.tableName(table)).count());
      SdkBytes payload =
          SdkBytes.fromUtf8String("{\"action\":\"sendmessage\",\"message\":\"from the server\"}");
      SdkBytes answer = functions.invoke(r -> r.functionName(function).payload(payload)).payload();
      ann.receiveMessage();
      System.out.println("invoked: " + answer.asString(StandardCharsets.UTF_8));
    }
  }

  public static void main(String[] args) throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    Person ann = new Person(http, args[0], "ann");
    Person bob = new Person(http, args[0], "bob");
    talk(ann, bob);
    try (ApiGatewayManagementApiClient api =
        ApiGatewayManagementApiClient.builder().endpointOverride(URI.create(args[1])).build()) {
      manage(api, bob);
    }
    backends(args[2], args[3], ann);
    ann.socket.sendClose(4001, "enough").join();
  }
}
