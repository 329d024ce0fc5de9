package no.rapport.exportjobs;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The keys under which an attachment may lie in the bucket.
public final class AttachmentKeys {

  private static final int MAX_KEY_BYTES = 1024;

  private AttachmentKeys() {}

  /// The folder of an organisation's attachments.
  public static String folder(String orgId) {
    return "attachments/" + orgId + "/";
  }

  /// Returns the key as the row names the file, then composed and decomposed: some systems store `å` as one character and
  /// some as two, and the system that uploaded the object need not be the one that wrote the row. Empty where the names
  /// cannot be segments of a key.
  public static List<String> of(String orgId, String activityId, String file) {
    String key = folder(orgId) + activityId + "/" + file;
    if (!isSegment(activityId) || !isSegment(file) || key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      return List.of();
    }
    Set<String> forms = new LinkedHashSet<>(List.of(key));
    forms.add(Normalizer.normalize(key, Normalizer.Form.NFC));
    forms.add(Normalizer.normalize(key, Normalizer.Form.NFD));
    return List.copyOf(forms);
  }

  /// Whether it can be one segment of a key, however a store or proxy reads keys.
  private static boolean isSegment(String text) {
    return !text.isEmpty() && !text.equals(".") && !text.equals("..") && text.codePoints().noneMatch(c ->
        c == '/' || c == '\\' || Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }
}
