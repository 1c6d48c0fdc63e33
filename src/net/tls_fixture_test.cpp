#include "net/tls_fixture.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <string>

namespace selene::net {
namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;
using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

Key make_key() { return Key(EVP_EC_gen("P-256"), &EVP_PKEY_free); }

void write_key(const std::filesystem::path& path, EVP_PKEY& key, std::string passphrase) {
  const File file(std::fopen(path.c_str(), "w"), &std::fclose);
  const EVP_CIPHER* const cipher = passphrase.empty() ? nullptr : EVP_aes_256_cbc();
  ASSERT_EQ(PEM_write_PrivateKey(file.get(), &key, cipher, reinterpret_cast<unsigned char*>(passphrase.data()),
                                 static_cast<int>(passphrase.size()), nullptr, nullptr),
            1);
}

void write_certificate(const std::filesystem::path& path, EVP_PKEY& key) {
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), &X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
  X509_set_pubkey(certificate.get(), &key);
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  ASSERT_GT(X509_sign(certificate.get(), &key, EVP_sha256()), 0);
  const File file(std::fopen(path.c_str(), "w"), &std::fclose);
  ASSERT_EQ(PEM_write_X509(file.get(), certificate.get()), 1);
}

}  // namespace

void write_test_certificate(const std::filesystem::path& folder) {
  const Key key = make_key();
  write_certificate(folder / "certificate.pem", *key);
  write_key(folder / "key.pem", *key, "");
  write_key(folder / "encrypted.pem", *key, "open sesame");
}

void write_test_key(const std::filesystem::path& file) { write_key(file, *make_key(), ""); }

}  // namespace selene::net
