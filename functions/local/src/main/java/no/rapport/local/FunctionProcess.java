package no.rapport.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import no.rapport.emulator.Loopback;
import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

/// A deployable in a process of its own, run by AWS's runtime interface client as the managed runtime runs it: the
/// unpacked zip is the working folder, its classes and `lib/*.jar` are loaded from there, and what the runtime brings
/// (and nothing else) lies on the class path.
///
/// One event at a time.
public final class FunctionProcess implements AutoCloseable {

  /// What the managed runtime starts Java with, as far as it is about how code runs (the heap follows the memory size).
  public static final List<String> RUNTIME_ARGUMENTS = List.of("-XX:+UseSerialGC", "-XX:+TieredCompilation",
      "-XX:TieredStopAtLevel=1", "-Xshare:auto", "--add-opens=java.base/java.io=ALL-UNNAMED",
      "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac", "-Djava.net.preferIPv4Stack=true");

  private static final ObjectMapper JSON = new ObjectMapper();
  /// Names the native half of the runtime's client, which otherwise each process writes to one and the same file below
  /// `/tmp`: under the feet of another that runs from it, or where another user's lies.
  private static final String NATIVE_CLIENT =
      "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI=" + nativeClient();

  private final RuntimeApi api;
  private final Process process;
  private final Path output;
  private final Template.LambdaFunction function;

  private FunctionProcess(RuntimeApi api, Process process, Path output, Template.LambdaFunction function) {
    this.api = api;
    this.process = process;
    this.output = output;
    this.function = function;
  }

  /// How a function is to be started.
  ///
  /// @param taskRoot the unpacked zip
  /// @param handler the class
  /// @param environment what the template and the stack give the function
  /// @param jvmArguments of the runtime, and what is to be tried beside them
  /// @param classPath what lies beside the runtime on the class path; on Lambda nothing does
  /// @param snapStart whether it is to be initialised for a snapshot: it then stops at [#awaitCheckpoint()]
  public record Start(Path taskRoot, String handler, Map<String, String> environment, List<String> jvmArguments,
      List<Path> classPath, boolean snapStart) {

    /// The same for a snapshot. On `java25` the runtime then leaves both compilers on.
    public Start forSnapshot() {
      return new Start(taskRoot, handler, environment,
          jvmArguments.stream().filter(argument -> !argument.startsWith("-XX:TieredStopAtLevel")).toList(), classPath,
          true);
    }

    /// The same with further arguments of the JVM.
    public Start withJvm(String... more) {
      return new Start(taskRoot, handler, environment,
          Stream.concat(jvmArguments.stream(), Stream.of(more)).toList(), classPath, snapStart);
    }

    /// The same with one variable more.
    public Start with(String variable, String value) {
      var more = new TreeMap<>(environment);
      more.put(variable, value);
      return new Start(taskRoot, handler, more, jvmArguments, classPath, snapStart);
    }
  }

  /// As Lambda starts a function of the template, with the variables of `sam local` and the addresses of this stack.
  ///
  /// @param folder where zips are unpacked, once each
  /// @throws UncheckedIOException where the zip has not been made
  public static Start asOnLambda(LocalRapport rapport, String logicalId, Path folder) {
    return asOnLambda(rapport.template().function(logicalId), folder, Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", rapport.dynamoDbEndpoint().toString(),
        "AWS_ENDPOINT_URL_S3", rapport.s3Endpoint().toString(),
        "AWS_ENDPOINT_URL_SFN", rapport.stepFunctionsEndpoint().toString(),
        "AWS_REGION", Loopback.REGION.id(),
        "AWS_ACCESS_KEY_ID", Loopback.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY", Loopback.SECRET_KEY));
  }

  /// @param aws addresses, region and credentials
  static synchronized Start asOnLambda(Template.LambdaFunction function, Path folder, Map<String, String> aws) {
    var taskRoot = folder.resolve(function.code().getFileName().toString());
    if (!Files.exists(taskRoot)) {
      unpack(function.code(), taskRoot);
    }
    return new Start(taskRoot, function.handler(), environment(function, aws), RUNTIME_ARGUMENTS, List.of(), false);
  }

  /// As `sam local invoke --env-vars events/local-env.json` gives it, with the addresses of this run.
  private static Map<String, String> environment(Template.LambdaFunction function, Map<String, String> aws) {
    var environment = new TreeMap<>(function.environment());
    try {
      JSON.readTree(Files.readString(Options.home().resolve("events/local-env.json"))).path("Parameters").properties()
          .forEach(variable -> environment.replace(variable.getKey(), variable.getValue().asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.putAll(aws);
    return environment;
  }

  /// Starts a function's process and returns without waiting for it.
  ///
  /// @param logicalId of the function whose name, timeout and memory it gets
  public static FunctionProcess start(LocalRapport rapport, String logicalId, Start start) {
    return start(rapport.template().function(logicalId), start);
  }

  static FunctionProcess start(Template.LambdaFunction function, Start start) {
    var api = RuntimeApi.start(function);
    try {
      var output = Files.createTempFile("function-", ".log");
      var classPath = Stream.concat(runtime().stream(), start.classPath().stream()).map(Path::toString)
          .collect(Collectors.joining(File.pathSeparator));
      var command = new ArrayList<String>();
      var wrapper = start.environment().get("AWS_LAMBDA_EXEC_WRAPPER");
      if (wrapper != null) {
        command.add(wrapper.replaceFirst("^/var/task", start.taskRoot().toString()));
      }
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      // Three quarters of the memory, about what the managed runtime gives to the heap.
      command.add("-XX:MaxHeapSize=" + function.memoryMb() * 3L / 4 + "m");
      command.add(NATIVE_CLIENT);
      command.addAll(start.jvmArguments());
      command.addAll(List.of("-classpath", classPath, AWSLambda.class.getName(), start.handler()));
      var builder = new ProcessBuilder(command).directory(start.taskRoot().toFile()).redirectErrorStream(true)
          .redirectOutput(output.toFile());
      // Nothing of this machine's own settings, which Lambda does not have.
      builder.environment().clear();
      builder.environment().putAll(environment(function, start, api));
      return new FunctionProcess(api, builder.start(), output, function);
    } catch (IOException e) {
      api.close();
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> environment(Template.LambdaFunction function, Start start, RuntimeApi api) {
    var environment = new TreeMap<>(start.environment());
    environment.putAll(Map.of(
        "AWS_LAMBDA_RUNTIME_API", api.address(),
        "_HANDLER", start.handler(),
        "LAMBDA_TASK_ROOT", start.taskRoot().toString(),
        "AWS_LAMBDA_FUNCTION_NAME", function.name(),
        "AWS_LAMBDA_FUNCTION_VERSION", "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", String.valueOf(function.memoryMb()),
        "AWS_LAMBDA_INITIALIZATION_TYPE", start.snapStart() ? "snap-start" : "on-demand",
        "AWS_LAMBDA_LOG_FORMAT", "JSON",
        "LANG", "en_US.UTF-8",
        "TZ", ":UTC"));
    return environment;
  }

  /// What the managed runtime brings: its client, the core interfaces and the serialisation.
  public static List<Path> runtime() {
    return Stream.of(AWSLambda.class, Context.class, PojoSerializer.class, SdkInternalThreadLocal.class)
        .map(FunctionProcess::location).distinct().toList();
  }

  private static Path nativeClient() {
    var machine = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
    var library = Files.exists(Path.of("/etc/alpine-release")) ? "linux_musl" : "linux";
    var name = "/jni/libaws-lambda-jni." + library + "-" + machine + ".so";
    try (var in = AWSLambda.class.getResourceAsStream(name)) {
      var file = Files.createTempFile("libaws-lambda-jni", ".so");
      file.toFile().deleteOnExit();
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /// With the permissions that the zip gives, as Lambda unpacks it.
  private static void unpack(Path zip, Path folder) {
    try (var files = FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", "true"))) {
      var root = files.getPath("/");
      try (var paths = Files.walk(root)) {
        for (var path : (Iterable<Path>) paths::iterator) {
          var target = folder.resolve(root.relativize(path).toString()).normalize();
          if (!target.startsWith(folder)) {
            throw new IllegalArgumentException(zip + " holds a path that leads out of it: " + path);
          }
          if (Files.isDirectory(path)) {
            Files.createDirectories(target);
          } else {
            Files.copy(path, target);
            if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_EXECUTE)) {
              Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack " + zip, e);
    }
  }

  /// Gives it an event and waits for the answer.
  ///
  /// @return what the function answered, JSON or the bytes of a stream
  /// @throws RuntimeApi.Failed when it threw
  /// @throws IllegalStateException when it could not be made, or did not answer within its timeout
  public byte[] invoke(byte[] event) {
    var answer = api.call(event);
    var ended = process.onExit().thenApply(_ -> new byte[0]);
    try {
      var first = CompletableFuture.anyOf(answer, api.initError(), ended)
          .get(function.timeout().toSeconds() + 30, TimeUnit.SECONDS);
      if (answer.isDone()) {
        return answer.join();
      }
      throw new IllegalStateException(function.logicalId() + " could not be made: "
          + new String((byte[]) first, java.nio.charset.StandardCharsets.UTF_8) + "\n" + output());
    } catch (ExecutionException | CompletionException e) {
      throw e.getCause() instanceof RuntimeApi.Failed failed ? failed : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(function.logicalId() + " does not answer\n" + output(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Gives it an event and hands on the bytes of its answer as they come.
  ///
  /// @return the end of the answer, or [RuntimeApi.Failed]
  public CompletableFuture<byte[]> stream(byte[] event, OutputStream arrivals) {
    return api.call(event, arrivals);
  }

  /// Waits until the function asks for its first event, or has said why it cannot be made, which its first call tells.
  public void awaitReady() {
    await(api.ready(), "does not get ready");
  }

  /// Waits until a function under SnapStart is ready for its snapshot.
  public void awaitCheckpoint() {
    await(api.checkpoint(), "does not get to its snapshot");
  }

  private void await(CountDownLatch latch, String otherwise) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException(function.logicalId() + " " + otherwise + "\n" + output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Lets it go on as after a snapshot.
  public void restore() {
    api.restore();
  }

  /// All it wrote to standard output and standard error so far.
  public String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Ends the process.
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) { // one that makes an AOT cache makes it now
        process.destroyForcibly().waitFor();
      }
      Files.deleteIfExists(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      api.close();
    }
  }
}
