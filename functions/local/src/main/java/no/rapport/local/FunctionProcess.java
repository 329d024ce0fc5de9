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

/// Runs a deployable in its own process with AWS's runtime interface client, as the managed runtime does. The unpacked
/// zip is the working folder; its classes and `lib/*.jar` are loaded from there. The class path holds only the jars of
/// the runtime.
///
/// Processes one event at a time.
public final class FunctionProcess implements AutoCloseable {

  /// The JVM arguments of the managed runtime, except the heap size, which depends on the function's memory.
  public static final List<String> RUNTIME_ARGUMENTS = List.of("-XX:+UseSerialGC", "-XX:+TieredCompilation",
      "-XX:TieredStopAtLevel=1", "-Xshare:auto", "--add-opens=java.base/java.io=ALL-UNNAMED",
      "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac", "-Djava.net.preferIPv4Stack=true");

  private static final ObjectMapper JSON = new ObjectMapper();
  /// The path of the runtime client's native library. By default every process writes it to the same file below `/tmp`,
  /// which fails if another process uses that file or another user owns it.
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

  /// The parameters of a function's process.
  ///
  /// @param taskRoot folder of the unpacked zip
  /// @param handler the handler's class
  /// @param environment the function's environment variables, from the template and the stack
  /// @param jvmArguments arguments of the runtime, and additional ones
  /// @param classPath additional jars on the class path; none on Lambda
  /// @param snapStart whether the function is initialised for a snapshot and stops at [#awaitCheckpoint()]
  public record Start(Path taskRoot, String handler, Map<String, String> environment, List<String> jvmArguments,
      List<Path> classPath, boolean snapStart) {

    /// Returns the parameters for a snapshot. With SnapStart, the `java25` runtime enables both compilers.
    public Start forSnapshot() {
      return new Start(taskRoot, handler, environment,
          jvmArguments.stream().filter(argument -> !argument.startsWith("-XX:TieredStopAtLevel")).toList(), classPath,
          true);
    }

    /// Returns the parameters with additional JVM arguments.
    public Start withJvm(String... more) {
      return new Start(taskRoot, handler, environment,
          Stream.concat(jvmArguments.stream(), Stream.of(more)).toList(), classPath, snapStart);
    }

    /// Returns the parameters with an additional environment variable.
    public Start with(String variable, String value) {
      var more = new TreeMap<>(environment);
      more.put(variable, value);
      return new Start(taskRoot, handler, more, jvmArguments, classPath, snapStart);
    }
  }

  /// Returns the parameters with which Lambda starts a function of the template, with the variables of `sam local` and
  /// the endpoints of this stack.
  ///
  /// @param folder folder in which each zip is unpacked once
  /// @throws UncheckedIOException if the zip does not exist
  public static Start asOnLambda(LocalRapport rapport, String logicalId, Path folder) {
    return asOnLambda(rapport.template().function(logicalId), folder, Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", rapport.dynamoDbEndpoint().toString(),
        "AWS_ENDPOINT_URL_S3", rapport.s3Endpoint().toString(),
        "AWS_ENDPOINT_URL_SFN", rapport.stepFunctionsEndpoint().toString(),
        "AWS_REGION", Loopback.REGION.id(),
        "AWS_ACCESS_KEY_ID", Loopback.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY", Loopback.SECRET_KEY));
  }

  /// @param aws variables with endpoints, region and credentials
  static synchronized Start asOnLambda(Template.LambdaFunction function, Path folder, Map<String, String> aws) {
    var taskRoot = folder.resolve(function.code().getFileName().toString());
    if (!Files.exists(taskRoot)) {
      unpack(function.code(), taskRoot);
    }
    return new Start(taskRoot, function.handler(), environment(function, aws), RUNTIME_ARGUMENTS, List.of(), false);
  }

  /// Returns the variables of `sam local invoke --env-vars events/local-env.json`, with the endpoints of this run.
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
  /// @param logicalId logical id of the function whose name, timeout and memory the process gets
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
      // About the share of the memory that the managed runtime gives to the heap.
      command.add("-XX:MaxHeapSize=" + function.memoryMb() * 3L / 4 + "m");
      command.add(NATIVE_CLIENT);
      command.addAll(start.jvmArguments());
      command.addAll(List.of("-classpath", classPath, AWSLambda.class.getName(), start.handler()));
      var builder = new ProcessBuilder(command).directory(start.taskRoot().toFile()).redirectErrorStream(true)
          .redirectOutput(output.toFile());
      // Lambda does not have this machine's variables.
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

  /// Returns the jars of the managed runtime: its client, the core interfaces and the serialisation.
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

  /// Unpacks a zip with the file permissions in it, as Lambda does.
  private static void unpack(Path zip, Path folder) {
    try (var files = FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", "true"))) {
      var root = files.getPath("/");
      try (var paths = Files.walk(root)) {
        for (var path : (Iterable<Path>) paths::iterator) {
          var target = folder.resolve(root.relativize(path).toString()).normalize();
          if (!target.startsWith(folder)) {
            throw new IllegalArgumentException(zip + " contains a path outside of its folder: " + path);
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

  /// Invokes the function and waits for its answer.
  ///
  /// @return the function's answer: JSON or the bytes of a stream
  /// @throws RuntimeApi.Failed if the function threw an exception
  /// @throws IllegalStateException if the function could not be initialised or did not answer within its timeout
  public byte[] invoke(byte[] event) {
    var answer = api.call(event);
    var ended = process.onExit().thenApply(_ -> new byte[0]);
    try {
      var first = CompletableFuture.anyOf(answer, api.initError(), ended)
          .get(function.timeout().toSeconds() + 30, TimeUnit.SECONDS);
      if (answer.isDone()) {
        return answer.join();
      }
      throw new IllegalStateException(function.logicalId() + " could not be initialised: "
          + new String((byte[]) first, java.nio.charset.StandardCharsets.UTF_8) + "\n" + output());
    } catch (ExecutionException | CompletionException e) {
      throw e.getCause() instanceof RuntimeApi.Failed failed ? failed : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException(function.logicalId() + " did not answer within its timeout\n" + output(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Invokes the function and passes on the bytes of its answer as they arrive.
  ///
  /// @return completes with the whole answer, or exceptionally with [RuntimeApi.Failed]
  public CompletableFuture<byte[]> stream(byte[] event, OutputStream arrivals) {
    return api.call(event, arrivals);
  }

  /// Waits until the function asks for its first event or reports an initialisation error. The first invocation throws
  /// that error.
  public void awaitReady() {
    await(api.ready(), "was not ready after 60 s");
  }

  /// Waits until a function with SnapStart is ready for its snapshot.
  public void awaitCheckpoint() {
    await(api.checkpoint(), "was not ready for its snapshot after 60 s");
  }

  private void await(CountDownLatch latch, String failure) {
    try {
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException(function.logicalId() + " " + failure + "\n" + output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Restores the function from its snapshot.
  public void restore() {
    api.restore();
  }

  /// Returns the process's output so far, of standard output and standard error.
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
      if (!process.waitFor(60, TimeUnit.SECONDS)) { // some processes write an AOT cache at exit
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
