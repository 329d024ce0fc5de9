package no.rapport.exportworkflow;

/// The attachments of an export are more, or larger, than one file may hold. It does not pass by itself.
public final class AttachmentsExceedLimit extends RuntimeException {

  private static final long serialVersionUID = 1L;

  AttachmentsExceedLimit(String what) {
    super(what);
  }
}
