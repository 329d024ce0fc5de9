package no.rapport.exportworkflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import no.rapport.records.Documents;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/// The RSA key with which the connector signs.
///
/// @param id under which its public half is registered with Maskinporten (`kid`)
record SigningKey(String id, PrivateKey key) {

  /// Where the key is read, each time that it is needed, so that a rotated one is used at once.
  interface Source {
    SigningKey read();
  }

  /// A secret `{"key_id": …, "private_key": …}`; the key is PKCS #8 in PEM.
  private record Secret(String keyId, String privateKey) {}

  static Source inSecretsManager(SecretsManagerClient client, String secretId) {
    return () -> parse(client.getSecretValue(get -> get.secretId(secretId)).secretString());
  }

  /// @throws ConnectorRefused when the secret is not such a key, without telling anything of it
  static SigningKey parse(String secret) {
    try {
      Secret read = Documents.mapper().readValue(secret, Secret.class);
      byte[] der = Base64.getMimeDecoder().decode(read.privateKey().replaceAll("-----[A-Z ]+-----", ""));
      return new SigningKey(read.keyId(), KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der)));
    } catch (JsonProcessingException | GeneralSecurityException | IllegalArgumentException | NullPointerException e) {
      // Not as the cause: messages of parsers quote what they read.
      throw new ConnectorRefused("The secret with the signing key is not of the form that is documented");
    }
  }

  /// Tells no part of the key.
  @Override
  public String toString() {
    return "SigningKey[id=" + id + "]";
  }
}
