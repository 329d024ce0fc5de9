package no.rapport.api;

import static no.rapport.api.Calls.aPost;
import static no.rapport.api.Calls.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import java.util.stream.IntStream;
import no.rapport.emulator.MovableClock;
import no.rapport.records.Change;
import no.rapport.records.Entry;
import no.rapport.records.InMemoryRecords;
import no.rapport.records.Listing;
import no.rapport.records.Note;
import no.rapport.records.Records;
import org.junit.jupiter.api.Test;

class IdempotencyTest {

  private final MovableClock clock = new MovableClock(Instant.now());
  private final InMemoryRecords records = new InMemoryRecords(clock);
  private final Idempotency idempotency = new Idempotency(records, clock);
  private final List<String> created = new ArrayList<>();

  private APIGatewayProxyResponseEvent send(APIGatewayProxyRequestEvent event, Function<Request, Reply> handler) {
    return Api.answer(event, null, idempotency, handler);
  }

  private synchronized Reply create(Request request) {
    request.body(body -> body.text("name", 100));
    String id = "t_" + request.ids().ulid(request.now());
    created.add(id);
    records.commit(new Change.Create(Entry.first("things", "org-a", id, request.now(), "pending", Map.of(), "{}")));
    return Reply.accepted("/api/v1/things/" + id, JsonNodeFactory.instance.objectNode().put("id", id).putNull("file"))
        .etag(1).about("things", id);
  }

  private long things() {
    return records.list(Listing.of("things", "org-a", java.util.Set.of(), 100)).total();
  }

  @Test
  void repeatsFirstAnswerForSameKeyAndBody() {
    var first = send(aPost("{\"name\":\"a\"}", "k"), this::create);
    var again = send(aPost("{\"name\":\"a\"}", "k"), this::create);
    assertThat(first.getStatusCode()).isEqualTo(202);
    assertThat(again.getStatusCode()).isEqualTo(202);
    assertThat(again.getBody()).isEqualTo(first.getBody()).contains("\"file\":null");
    assertThat(again.getHeaders()).isEqualTo(first.getHeaders());
    assertThat(created).hasSize(1);
    assertThat(things()).isEqualTo(1);
  }

  @Test
  void answers404AfterResourceIsErased() {
    send(aPost("{\"name\":\"a\"}", "k"), this::create);
    Entry thing = records.find("things", created.getFirst()).orElseThrow();
    assertThat(records.notes(Note.about("things", thing.id()), "", 10, clock.instant())).hasSize(1);

    records.commit(new Change.Delete(thing));

    assertThat(records.notes(Note.about("things", thing.id()), "", 10, clock.instant())).isEmpty();
    var again = send(aPost("{\"name\":\"a\"}", "k"), this::create);
    assertThat(again.getStatusCode()).isEqualTo(404);
    assertThat(again.getBody()).isEqualTo("{\"message\":\"Not Found\"}");
    assertThat(created).hasSize(1);
  }

  @Test
  void answers404IfRequestDiedAndItsResourceWasErased() {
    send(aPost("{}", "k"), request -> {
      create(request);
      throw new IllegalStateException("the function is gone");
    });
    records.commit(new Change.Delete(records.find("things", created.getFirst()).orElseThrow()));
    clock.pass(Duration.ofSeconds(31));

    assertThat(send(aPost("{}", "k"), this::create).getStatusCode()).isEqualTo(404);
    assertThat(records.notes(Note.about("things", created.getFirst()), "", 10, clock.instant())).isEmpty();
    assertThat(things()).isZero();
  }

  @Test
  void keepsNoAnswerIfResourceIsErasedDuringRequest() {
    var first = send(aPost("{}", "k"), request -> {
      Reply reply = create(request);
      records.commit(new Change.Delete(records.find("things", created.getFirst()).orElseThrow()));
      return reply;
    });

    assertThat(first.getStatusCode()).isEqualTo(202);
    assertThat(records.notes(Note.about("things", created.getFirst()), "", 10, clock.instant())).isEmpty();
    assertThat(send(aPost("{}", "k"), this::create).getStatusCode()).isEqualTo(404);
  }

  @Test
  void answers404IfCallerMayNoLongerSeeOrganisation() {
    send(aPost("{}", "k"), this::create);
    var other = aPost("{}", "k");
    other.getRequestContext().setAuthorizer(Calls.authorizer("key_a", "org", "org-b"));
    assertThat(send(other, this::create).getStatusCode()).isEqualTo(404);
  }

  @Test
  void runsRequestAgainIfAnswerDescribesNoResource() {
    var secrets = new ArrayList<String>();
    Function<Request, Reply> ticket = _ -> {
      secrets.add("secret-" + secrets.size());
      return Reply.created("/api/v1/watch", JsonNodeFactory.instance.objectNode().put("ticket", secrets.getLast()));
    };
    assertThat(send(aPost("{}", "k"), ticket).getBody()).contains("secret-0");
    assertThat(send(aPost("{}", "k"), ticket).getBody()).contains("secret-1");
    assertThat(send(aPost("{\"name\":\"b\"}", "k"), ticket).getStatusCode()).isEqualTo(422);
    assertThat(records.notes("idempotency#key_a", "", 10, clock.instant())).singleElement()
        .satisfies(note -> assertThat(note.document()).doesNotContain("secret"));
  }

  @Test
  void treatsReorderedAndReformattedBodyAsSameBody() {
    String body = "{\"name\":\"a\",\"size\":8,\"list\":[1,{\"x\":true,\"y\":null}]}";
    for (String same : List.of(body, "\ufeff" + body,
        " { \"list\" : [ 1.0, {\"y\":null, \"x\":true} ], \"size\" : 8.0, \"n\\u0061me\" : \"a\" } ")) {
      assertThat(send(aPost(same, "k"), _ -> Reply.ok(JsonNodeFactory.instance.objectNode())).getStatusCode())
          .as(same).isEqualTo(200);
    }
    for (String other : List.of(body.replace("8", "80"), body.replace("true", "false"),
        body.replace("[1,", "[").replace("null}]", "null},1]"), body.replace("8", "\"8\""))) {
      assertThat(send(aPost(other, "k"), this::create).getStatusCode()).as(other).isEqualTo(422);
    }
  }

  @Test
  void createsSeparateResourcesWithoutKeyAndForOtherKeysAndCallers() {
    send(aPost("{}"), this::create);
    send(aPost("{}"), this::create);
    send(aPost("{}", "k"), this::create);
    send(aPost("{}", "K"), this::create);
    var other = aPost("{}", "k");
    other.getRequestContext().setAuthorizer(Calls.authorizer("key_b", "org", "org-a"));
    send(other, this::create);
    assertThat(things()).isEqualTo(5);
  }

  @Test
  void rejectsKeyWithOtherBodyOrPath() {
    send(aPost("{\"name\":\"a\"}", "k"), this::create);
    assertThat(send(aPost("{\"name\":\"b\"}", "k"), this::create).getStatusCode()).isEqualTo(422);
    assertThat(send(aPost("{\"name\":\"a\"}", "k").withPath("/api/v1/others"), this::create).getStatusCode())
        .isEqualTo(422);
    assertThat(created).hasSize(1);
  }

  @Test
  void rejectsEmptyTooLongAndUnprintableKeys() {
    for (String key : List.of("", " ", "a".repeat(256), "å", "a\u0000", "a\n", " a")) {
      assertThat(send(aPost("{}", key), this::create).getStatusCode()).as(key).isEqualTo(400);
    }
    assertThat(send(aPost("{}", "a".repeat(255)), this::create).getStatusCode()).isEqualTo(202);
    assertThat(send(aPost("{}", "~"), this::create).getStatusCode()).isEqualTo(202);
    assertThat(created).hasSize(2);
  }

  @Test
  void freesKeyOfRefusedRequest() {
    assertThat(send(aPost("{\"name\":5}", "k"), this::create).getStatusCode()).isEqualTo(422);
    for (int status : List.of(300, 308, 404, 409, 429)) {
      var refused = new Reply(status, Map.of(), Optional.empty());
      assertThat(send(aPost("{\"name\":\"a\"}", "k"), _ -> refused).getStatusCode()).isEqualTo(status);
    }
    assertThat(send(aPost("{\"name\":\"a\"}", "k"), this::create).getStatusCode()).isEqualTo(202);
    assertThat(created).hasSize(1);
  }

  @Test
  void answers409WhileFirstRequestIsInProgress() throws Exception {
    var within = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var first = new APIGatewayProxyResponseEvent[1];
    Thread thread = Thread.ofVirtual().start(() -> first[0] = send(aPost("{}", "k"), request -> {
      within.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return create(request);
    }));
    within.await();
    var second = send(aPost("{}", "k"), this::create);
    assertThat(second.getStatusCode()).isEqualTo(409);
    assertThat(second.getHeaders()).containsKey("Retry-After");
    goOn.countDown();
    thread.join();
    assertThat(send(aPost("{}", "k"), this::create).getBody()).isEqualTo(first[0].getBody());
    assertThat(created).hasSize(1);
  }

  @Test
  void repeatsDeadRequestWithSameIdsAndTime() {
    var died = send(aPost("{}", "k"), request -> {
      create(request);
      throw new IllegalStateException("the function is gone");
    });
    assertThat(died.getStatusCode()).isEqualTo(500);
    clock.pass(Duration.ofSeconds(29));
    assertThat(send(aPost("{}", "k"), this::create).getStatusCode()).isEqualTo(409);
    clock.pass(Duration.ofSeconds(1));
    var again = send(aPost("{}", "k"), this::create);
    assertThat(again.getStatusCode()).isEqualTo(202);
    assertThat(created).hasSize(2);
    assertThat(created.get(1)).isEqualTo(created.get(0));
    assertThat(things()).isEqualTo(1);
    assertThat(send(aPost("{}", "k"), this::create).getBody()).isEqualTo(again.getBody());
  }

  @Test
  void repeatsRequestThatWasAnsweredWith500() {
    var failed = send(aPost("{}", "k"), request -> {
      create(request);
      return Reply.problem(500, "Something went wrong", List.of());
    });
    assertThat(failed.getStatusCode()).isEqualTo(500);
    assertThat(send(aPost("{}", "k"), this::create).getStatusCode()).as("it may have stored something").isEqualTo(409);
    clock.pass(Duration.ofSeconds(30));
    assertThat(send(aPost("{}", "k"), this::create).getStatusCode()).isEqualTo(202);
    assertThat(created.get(1)).isEqualTo(created.get(0));
    assertThat(things()).isEqualTo(1);
  }

  @Test
  void keepsIdsOfDeadRequestIfRepetitionIsRefused() {
    send(aPost("{}", "k"), request -> {
      create(request);
      throw new IllegalStateException("the function is gone");
    });
    clock.pass(Duration.ofSeconds(31));
    assertThat(send(aPost("{}", "k"), _ -> Reply.tooManyRequests("Full", 1)).getStatusCode()).isEqualTo(429);
    assertThat(send(aPost("{}", "k"), _ -> Reply.notFound()).getStatusCode()).as("at once").isEqualTo(404);
    assertThat(send(aPost("{}", "k"), this::create).getStatusCode()).isEqualTo(202);
    assertThat(created.get(1)).isEqualTo(created.get(0));
    assertThat(things()).isEqualTo(1);
  }

  @Test
  void keepsKeyWhileRequestRuns() {
    send(aPost("{}", "k"), _ -> {
      throw new IllegalStateException("the function is gone");
    });
    clock.pass(Duration.ofHours(24).minusSeconds(1));
    send(aPost("{}", "k"), request -> {
      clock.pass(Duration.ofSeconds(2));
      assertThat(send(aPost("{}", "k"), this::create).getStatusCode()).isEqualTo(409);
      return create(request);
    });
    assertThat(things()).isEqualTo(1);
  }

  @Test
  void forgetsKeyAfterOneDay() {
    send(aPost("{}", "k"), this::create);
    clock.pass(Duration.ofHours(24).minusSeconds(1));
    send(aPost("{}", "k"), this::create);
    assertThat(created).hasSize(1);
    clock.pass(Duration.ofSeconds(1));
    assertThat(send(aPost("{\"name\":\"other\"}", "k"), this::create).getStatusCode()).isEqualTo(202);
    assertThat(created).hasSize(2);
  }

  @Test
  void forgetsKeyOfRepeatedRequestAfterOneDay() {
    send(aPost("{}", "k"), _ -> {
      throw new IllegalStateException("the function is gone");
    });
    clock.pass(Duration.ofSeconds(30));
    send(aPost("{}", "k"), this::create);
    clock.pass(Duration.ofHours(24).minusSeconds(31));
    send(aPost("{}", "k"), this::create);
    assertThat(created).hasSize(1);
    clock.pass(Duration.ofSeconds(1));
    send(aPost("{}", "k"), this::create);
    assertThat(created).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  void answers409IfOthersAlwaysTakeTheKeyFirst() {
    var contested = (Records) Proxy.newProxyInstance(Records.class.getClassLoader(), new Class<?>[] {Records.class},
        (_, method, _) -> method.getName().equals("note") ? Optional.empty() : false);
    var answer = Api.answer(aPost("{}", "k"), null, new Idempotency(contested, clock), this::create);
    assertThat(answer.getStatusCode()).isEqualTo(409);
    assertThat(answer.getHeaders()).containsKey("Retry-After");
    assertThat(created).isEmpty();
  }

  @Test
  void createsOneResourceForManySimultaneousRequests() throws Exception {
    for (int round = 0; round < 200; round++) {
      String key = "round-" + round;
      var barrier = new CyclicBarrier(6);
      var statuses = new ConcurrentLinkedQueue<Integer>();
      var threads = IntStream.range(0, 6).mapToObj(_ -> Thread.ofVirtual().start(() -> {
        try {
          barrier.await();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
        statuses.add(send(aPost("{}", key), this::create).getStatusCode());
      })).toList();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(statuses).hasSize(6).contains(202).allMatch(status -> status == 202 || status == 409);
      assertThat(created).hasSize(round + 1);
    }
  }
}
