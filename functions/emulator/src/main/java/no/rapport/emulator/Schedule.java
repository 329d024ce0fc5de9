package no.rapport.emulator;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// For tests: runs several actors one at a time in an order that a seed decides, on a clock of its own.
///
/// An actor gives up its turn at every call to a service ([#turn]); there it may also be struck by a fault, or end
/// because its function has run for as long as functions may. The same seed gives the same history.
public final class Schedule {

  /// Thrown through an actor whose function is ended by the platform: nothing of it catches this.
  public static final class Ended extends Error {
    private static final long serialVersionUID = 1L;

    Ended() {
      super("ended by the platform", null, false, false);
    }
  }

  private final class Actor implements Runnable {
    private final String name;
    private final Runnable act;
    private final Instant mustEndBy;
    private final Thread thread;
    private BooleanSupplier waitsFor = () -> true;
    private volatile boolean running;
    private volatile boolean over;

    Actor(String name, Duration mayRun, Runnable act) {
      this.name = name;
      this.act = act;
      mustEndBy = now.plus(mayRun);
      thread = Thread.ofVirtual().name(name).unstarted(this);
    }

    @Override
    public void run() {
      try {
        awaitTurn();
        act.run();
      } catch (Ended e) {
        // as the platform does it: without a trace
      } catch (RuntimeException | AssertionError e) {
        failure = e;
      } finally {
        over = true;
        running = false;
        LockSupport.unpark(conductor);
      }
    }

    private void awaitTurn() {
      while (!running) {
        LockSupport.park(this);
      }
      if (now.isAfter(mustEndBy)) {
        throw new Ended();
      }
    }

    private void pass() {
      running = false;
      LockSupport.unpark(conductor);
      awaitTurn();
    }
  }

  private final long seed;
  private final Random random;
  private final List<Actor> actors = new ArrayList<>();
  private final Thread conductor = Thread.currentThread();
  private final List<String> trace = new ArrayList<>();
  private Instant now = Instant.parse("2026-03-26T10:00:00Z");
  private Actor current;
  private boolean stalling;
  private volatile Throwable failure;

  /// @param seed the same gives the same history
  public Schedule(long seed) {
    this.seed = seed;
    random = new Random(seed);
  }

  public Random random() {
    return random;
  }

  public Instant now() {
    return now;
  }

  /// What actors did, in order, as they told it.
  public List<String> trace() {
    return trace;
  }

  public Clock clock() {
    return clock(Duration.ZERO);
  }

  /// The clock as actors see it whose machines do not agree: each actor's is off by an amount of its own.
  ///
  /// @param most by which one may be before or after
  public Clock clock(Duration most) {
    InstantSource source = () -> current == null || most.isZero() ? now
        : now.plusMillis(new Random(seed ^ current.name.hashCode()).nextLong(-most.toMillis(), most.toMillis() + 1));
    return source.withZone(ZoneOffset.UTC);
  }

  /// Adds an actor, which begins when it is given its first turn.
  public void begin(String name, Duration mayRun, Runnable act) {
    Actor actor = new Actor(name, mayRun, act);
    actors.add(actor);
    actor.thread.start();
  }

  /// Lets actors stand still now and then for minutes, as a function does that waits for a slow service: what others do
  /// meanwhile is done before it goes on.
  public void stall(boolean stall) {
    stalling = stall;
  }

  /// Gives up the turn; called by actors before each thing that others may see.
  public void turn(String what) {
    if (current != null) {
      Actor me = current;
      if (stalling && random.nextInt(150) == 0) {
        Instant goesOn = now.plusSeconds(1 + random.nextInt(400));
        waitUntil(() -> !now.isBefore(goesOn));
      }
      me.pass();
      trace.add(now + " " + me.name + ": " + what);
    }
  }

  /// Gives up the turn until something holds.
  public void waitUntil(BooleanSupplier condition) {
    Actor me = current;
    me.waitsFor = condition;
    me.pass();
    me.waitsFor = () -> true;
  }

  /// Moves the clock.
  public void advance(Duration by) {
    now = now.plus(by);
  }

  /// Gives turns until all actors are over, or for so long.
  public void run(Duration atMost) {
    Instant end = now.plus(atMost);
    while (!actors.isEmpty() && now.isBefore(end)) {
      List<Actor> ready = actors.stream().filter(a -> a.waitsFor.getAsBoolean() || now.isAfter(a.mustEndBy)).toList();
      if (ready.isEmpty()) {
        advance(Duration.ofSeconds(1 + random.nextInt(10)));
        continue;
      }
      if (random.nextInt(400) == 0) {
        advance(Duration.ofSeconds(1L << random.nextInt(9)));
      } else if (random.nextInt(10) == 0) {
        advance(Duration.ofSeconds(1));
      }
      current = ready.get(random.nextInt(ready.size()));
      current.running = true;
      LockSupport.unpark(current.thread);
      while (current.running) {
        LockSupport.park(this);
      }
      if (current.over) {
        actors.remove(current);
      }
      if (failure != null) {
        throw new AssertionError(current.name + " failed: " + failure, failure);
      }
    }
    current = null;
  }
}
