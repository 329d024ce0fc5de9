package no.rapport.stepfunctions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {

  private final VirtualTime time = VirtualTime.standing(Workflow.START);
  private final List<String> done = new CopyOnWriteArrayList<>();

  @Test
  void givesTurnsInSameOrderForAnyArrivalOrder() {
    together(() -> List.of("c", "a", "d", "b").forEach(name -> work(() -> inTurn(name, () -> done.add(name)))));

    assertThat(done).containsExactly("a", "b", "c", "d");
  }

  @Test
  void givesNoTurnWhileAnotherThreadWorks() {
    together(() -> {
      work(() -> inTurn("b", () -> done.add("b")));
      work(() -> {
        done.add("work without a turn");
        inTurn("a", () -> done.add("a"));
      });
    });

    assertThat(done).containsExactly("work without a turn", "a", "b");
  }

  @Test
  void letsThreadWithTurnContinue() {
    together(() -> {
      work(() -> inTurn("a", () -> inTurn("z", () -> done.add("within"))));
      work(() -> inTurn("b", () -> done.add("after")));
    });

    assertThat(done).containsExactly("within", "after");
  }

  /// Counts as working until all threads have started, then waits for their end.
  private void together(Runnable beginning) {
    time.workBegins();
    beginning.run();
    time.workEnds();
    time.awaitQuiet();
  }

  private void work(Runnable work) {
    time.workBegins();
    Thread.ofVirtual().start(() -> {
      try {
        work.run();
      } finally {
        time.workEnds();
      }
    });
  }

  private void inTurn(String order, Runnable work) {
    time.beginTurn(order);
    try {
      work.run();
    } finally {
      time.endTurn();
    }
  }
}
