#include "net/tls_context.h"

#include "net/tls_fixture.h"

namespace selene::net {
namespace {

class TlsContextTest : public TlsTest {
 protected:
  static std::string reason(const TlsOptions& options) {
    const auto context = make_tls_context(options);
    return context.has_value() ? "no error" : context.error().reason();
  }
  std::string of(std::string_view name) const { return "[" + (folder_ / name).string() + "]"; }
};

TEST_F(TlsContextTest, TakesACertificateAndItsKey) {
  EXPECT_TRUE(make_tls_context(options()).has_value());
  TlsOptions only_new = options();
  only_new.supported_protocols = {"TLSv1.3"};
  EXPECT_TRUE(make_tls_context(only_new).has_value());
}

TEST_F(TlsContextTest, EncryptedKeyNeedsItsPassphrase) {
  TlsOptions given = options();
  given.key = folder_ / "encrypted.pem";
  EXPECT_EQ(reason(given), "cannot use the private key " + of("encrypted.pem") + ": it is encrypted, and no key_passphrase is set");
  given.key_passphrase = "open barley";
  EXPECT_EQ(reason(given), "cannot use the private key " + of("encrypted.pem") + ": key_passphrase does not open it");
  given.key_passphrase = "open sesame";
  EXPECT_EQ(reason(given), "no error");
}

TEST_F(TlsContextTest, ErrorsNameTheFileAndTheFault) {
  TlsOptions given = options();
  given.certificate = folder_ / "none.pem";
  EXPECT_EQ(reason(given), "cannot use the certificate " + of("none.pem") + ": there is no such file");
  given = options();
  given.key = folder_;
  EXPECT_EQ(reason(given), "cannot use the private key [" + folder_.string() + "]: there is no such file");
  write("text.pem", "certainly not PEM\n");
  given = options();
  given.certificate = folder_ / "text.pem";
  EXPECT_EQ(reason(given), "cannot use the certificate " + of("text.pem") + ": it holds no certificate in PEM form");
  given = options();
  given.key = folder_ / "text.pem";
  EXPECT_EQ(reason(given), "cannot use the private key " + of("text.pem") + ": it holds no private key in PEM form");
  given = options();
  given.key = given.certificate;
  EXPECT_EQ(reason(given), "cannot use the private key " + of("certificate.pem") + ": it holds no private key in PEM form");
}

TEST_F(TlsContextTest, KeyOfAnotherCertificateIsRefused) {
  write_test_key(folder_ / "other.pem");
  TlsOptions given = options();
  given.key = folder_ / "other.pem";
  EXPECT_EQ(reason(given),
            "cannot use the private key " + of("other.pem") + ": it is not that of the certificate " + of("certificate.pem"));
}

TEST_F(TlsContextTest, DamagedSecondCertificateIsAnError) {
  std::ifstream in(folder_ / "certificate.pem");
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  write("chain.pem", text + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  TlsOptions given = options();
  given.certificate = folder_ / "chain.pem";
  EXPECT_TRUE(reason(given).starts_with("cannot use the certificate " + of("chain.pem"))) << reason(given);
}

TEST_F(TlsContextTest, OldProtocolsAreRefused) {
  TlsOptions given = options();
  given.supported_protocols = {"TLSv1.2", "TLSv1.1"};
  EXPECT_EQ(reason(given), "supported_protocols [TLSv1.1] is not one of [TLSv1.3, TLSv1.2]");
  given.supported_protocols = {};
  EXPECT_EQ(reason(given), "supported_protocols must name TLSv1.3, TLSv1.2 or both");
}

}  // namespace
}  // namespace selene::net
