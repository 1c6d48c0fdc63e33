#include "net/crypto.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <memory>

namespace selene::net {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using MemoryBio = std::unique_ptr<BIO, decltype(&BIO_free)>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Error cipher_error() {
  return Error(ErrorCode::kIllegalArgument, std::string("the bytes were not sealed with this key for this use"));
}

}  // namespace

Result<std::string> random_bytes(size_t num_bytes) {
  std::string bytes(num_bytes, '\0');
  if (RAND_bytes(bytes_of(bytes), static_cast<int>(num_bytes)) != 1)
    return Error(ErrorCode::kIo, std::string("the system gave no random bytes"));
  return bytes;
}

Result<std::string> seal(std::string_view key, std::string_view plaintext, std::string_view context) {
  CHECK(key.size() == kSealKeyBytes);
  ASSIGN_OR_RETURN(const std::string nonce, random_bytes(kNonceBytes));
  const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string out(plaintext.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  const bool done =
      cipher != nullptr && EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(nonce)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes_of(context), static_cast<int>(context.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes_of(out), &size, bytes_of(plaintext), static_cast<int>(plaintext.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), bytes_of(out) + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  if (!done) return Error(ErrorCode::kIllegalState, std::string("AES-256-GCM is not available"));
  return nonce + out + tag;
}

Result<std::string> open_sealed(std::string_view key, std::string_view sealed, std::string_view context) {
  if (key.size() != kSealKeyBytes || sealed.size() < kNonceBytes + kTagBytes) return cipher_error();
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  const std::string_view body = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  std::string out(body.size(), '\0');
  int size = 0;
  const bool done = cipher != nullptr &&
                    EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key), bytes_of(nonce)) == 1 &&
                    EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes_of(context), static_cast<int>(context.size())) == 1 &&
                    EVP_DecryptUpdate(cipher.get(), bytes_of(out), &size, bytes_of(body), static_cast<int>(body.size())) == 1 &&
                    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
                    EVP_DecryptFinal_ex(cipher.get(), bytes_of(out) + size, &size) == 1;
  if (!done) return cipher_error();
  return out;
}

Result<std::string> rs256_sign(std::string_view pem_private_key, std::string_view bytes) {
  const Error unusable(ErrorCode::kIllegalArgument, std::string("the private key is no RSA key in PEM form"));
  const MemoryBio bio(BIO_new_mem_buf(pem_private_key.data(), static_cast<int>(pem_private_key.size())), &BIO_free);
  if (bio == nullptr) return unusable;
  // An encrypted key must not make the library ask for its password on the terminal.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  const PrivateKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr), &EVP_PKEY_free);
  if (key == nullptr || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) return unusable;
  const DigestContext digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  size_t size = 0;
  if (digest == nullptr || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, bytes_of(bytes), bytes.size()) != 1)
    return unusable;
  std::string signature(size, '\0');
  if (EVP_DigestSign(digest.get(), bytes_of(signature), &size, bytes_of(bytes), bytes.size()) != 1) return unusable;
  signature.resize(size);
  return signature;
}

Result<std::string> pbkdf2_sha512(std::string_view secret, std::string_view salt, int iterations, size_t num_bytes) {
  std::string out(num_bytes, '\0');
  if (PKCS5_PBKDF2_HMAC(secret.data(), static_cast<int>(secret.size()), bytes_of(salt), static_cast<int>(salt.size()), iterations,
                        EVP_sha512(), static_cast<int>(num_bytes), bytes_of(out)) != 1)
    return Error(ErrorCode::kIllegalState, std::string("PBKDF2 with HMAC-SHA512 is not available"));
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace selene::net
