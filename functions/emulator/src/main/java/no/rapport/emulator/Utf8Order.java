package no.rapport.emulator;

import java.util.Comparator;

/// Orders strings by their UTF-8 bytes, as DynamoDB sorts keys and S3 lists objects. It differs from [String#compareTo]
/// if characters outside the basic plane meet those from U+E000 to U+FFFF.
enum Utf8Order implements Comparator<String> {
  INSTANCE;

  @Override
  public int compare(String a, String b) {
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean surrogate = Character.isSurrogate(x);
        return surrogate == Character.isSurrogate(y) ? Character.compare(x, y) : surrogate ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
