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

/// Runs several actors of a test one at a time, in an order that a seed decides, on its own clock.
///
/// An actor yields its turn at every call to a service ([#turn]). There a fault may also hit it, or it ends because its
/// function reached its timeout. The same seed produces the same order.
public final class Schedule {

  /// Ends an actor whose function the platform stopped. No code of the actor catches it.
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
        // silent, like the platform
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

  /// @param seed the same seed produces the same order
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

  /// Returns the recorded actions of all actors, in order.
  public List<String> trace() {
    return trace;
  }

  public Clock clock() {
    return clock(Duration.ZERO);
  }

  /// Returns a clock with a different skew for each actor, for machines whose clocks disagree.
  ///
  /// @param most largest skew, in either direction
  public Clock clock(Duration most) {
    InstantSource source = () -> current == null || most.isZero() ? now
        : now.plusMillis(new Random(seed ^ current.name.hashCode()).nextLong(-most.toMillis(), most.toMillis() + 1));
    return source.withZone(ZoneOffset.UTC);
  }

  /// Adds an actor. It starts at its first turn.
  public void begin(String name, Duration mayRun, Runnable act) {
    Actor actor = new Actor(name, mayRun, act);
    actors.add(actor);
    actor.thread.start();
  }

  /// Makes actors pause for minutes at random, like a function that waits for a slow service. Other actors run before a
  /// paused one continues.
  public void stall(boolean stall) {
    stalling = stall;
  }

  /// Yields the turn. Actors call it before each externally visible action.
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

  /// Yields the turn until a condition is true.
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

  /// Runs the actors until all have ended, or for at most this long.
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
