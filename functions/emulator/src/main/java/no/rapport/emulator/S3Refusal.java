package no.rapport.emulator;

/// An error of the heap's S3, with its status and code.
final class S3Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  S3Refusal(int status, String code) {
    super(code, null, false, false);
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }
}
