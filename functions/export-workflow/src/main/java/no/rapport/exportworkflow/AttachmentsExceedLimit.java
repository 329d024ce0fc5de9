package no.rapport.exportworkflow;

/// An export has more or larger attachments than one file may contain. The error is permanent.
public final class AttachmentsExceedLimit extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AttachmentsExceedLimit(String what) {
    super(what);
  }
}
