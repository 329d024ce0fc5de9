package no.rapport.exportworkflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import no.rapport.records.Documents;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/// The connector's RSA key for signatures.
///
/// @param id id of the public key at Maskinporten (`kid`)
record SigningKey(String id, PrivateKey key) {

  /// Reads the key. It is read for every use, so that a rotated key applies immediately.
  interface Source {
    SigningKey read();
  }

  /// The secret `{"key_id": …, "private_key": …}`. The key is PKCS #8 in PEM.
  private record Secret(String keyId, String privateKey) {}

  static Source inSecretsManager(SecretsManagerClient client, String secretId) {
    return () -> parse(client.getSecretValue(get -> get.secretId(secretId)).secretString());
  }

  /// @throws ConnectorRefused if the secret has another form; the message contains no part of it
  static SigningKey parse(String secret) {
    try {
      Secret read = Documents.mapper().readValue(secret, Secret.class);
      byte[] der = Base64.getMimeDecoder().decode(read.privateKey().replaceAll("-----[A-Z ]+-----", ""));
      return new SigningKey(read.keyId(), KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)));
    } catch (JsonProcessingException | GeneralSecurityException | IllegalArgumentException | NullPointerException e) {
      // Without the cause, because the messages of parsers quote their input.
      throw new ConnectorRefused("The secret with the signing key does not have the form in docs/bufdir-connector.md");
    }
  }

  /// Returns a text without any part of the key.
  @Override
  public String toString() {
    return "SigningKey[id=" + id + "]";
  }
}
