package no.rapport.api;

import java.util.List;

/// Reports a request that is malformed or holds invalid values. Only parsing throws it and only [Api] catches it.
public final class InvalidRequest extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Reply reply;

  InvalidRequest(Reply reply) {
    super(null, null, false, false);
    this.reply = reply;
  }

  static InvalidRequest malformed(String detail) {
    return new InvalidRequest(Reply.badRequest(detail));
  }

  static InvalidRequest fields(int status, List<FieldError> errors) {
    return new InvalidRequest(Reply.problem(status, errors.size() == 1 ? errors.getFirst().message()
        : errors.size() + " fields are not valid", errors));
  }

  Reply reply() {
    return reply;
  }
}
