#include "net/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

namespace selene::net {

namespace {

using base::Error;
using base::ErrorCode;

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct KeyDeleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using MemoryBio = std::unique_ptr<BIO, BioDeleter>;
using PrivateKey = std::unique_ptr<EVP_PKEY, KeyDeleter>;
using Certificate = std::unique_ptr<X509, CertificateDeleter>;

constexpr size_t kMaxFileBytes = 1024 * 1024;

/// The library's own word for its last failure; forgets it.
std::string last_reason() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown reason" : reason;
}

Error file_error(std::string_view what, const std::filesystem::path& file, std::string_view why) {
  return Error(ErrorCode::kIllegalArgument, "cannot use the {} [{}]: {}", what, file.string(), why);
}

base::Result<std::string> read_file(std::string_view what, const std::filesystem::path& file) {
  std::error_code fault;
  if (!std::filesystem::is_regular_file(file, fault)) return file_error(what, file, "there is no such file");
  if (std::filesystem::file_size(file, fault) > kMaxFileBytes) return file_error(what, file, "it is longer than 1 MiB");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) return file_error(what, file, "it cannot be read");
  return text.str();
}

MemoryBio bio_of(const std::string& text) { return MemoryBio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

/// Hands the passphrase over; never asks on a terminal. -1: there is none.
int give_passphrase(char* buffer, int size, int /*for_writing*/, void* passphrase) {
  const auto& text = *static_cast<const std::string*>(passphrase);
  if (text.empty() || text.size() > static_cast<size_t>(size)) return -1;
  std::memcpy(buffer, text.data(), text.size());
  return static_cast<int>(text.size());
}

base::Status use_certificates(SSL_CTX* context, const std::filesystem::path& file) {
  constexpr std::string_view kWhat = "certificate";
  ASSIGN_OR_RETURN(const std::string text, read_file(kWhat, file));
  const MemoryBio bio = bio_of(text);
  int count = 0;
  while (Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    const bool taken = count++ == 0 ? SSL_CTX_use_certificate(context, certificate.get()) == 1
                                    : SSL_CTX_add1_chain_cert(context, certificate.get()) == 1;
    if (!taken) return file_error(kWhat, file, last_reason());
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string why = last_reason();
  if (count == 0) return file_error(kWhat, file, "it holds no certificate in PEM form");
  if (!at_end) return file_error(kWhat, file, why);
  return {};
}

base::Status use_key(SSL_CTX* context, const TlsOptions& options) {
  constexpr std::string_view kWhat = "private key";
  ASSIGN_OR_RETURN(const std::string text, read_file(kWhat, options.key));
  const MemoryBio bio = bio_of(text);
  std::string passphrase = options.key_passphrase;
  const PrivateKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &give_passphrase, &passphrase));
  if (key == nullptr) {
    ERR_clear_error();
    if (text.find("ENCRYPTED") != std::string::npos) {
      return file_error(kWhat, options.key,
                        passphrase.empty() ? "it is encrypted, and no key_passphrase is set" : "key_passphrase does not open it");
    }
    return file_error(kWhat, options.key, "it holds no private key in PEM form");
  }
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1 || SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return file_error(kWhat, options.key, base::format("it is not that of the certificate [{}]", options.certificate.string()));
  }
  return {};
}

base::Status use_protocols(SSL_CTX* context, const std::vector<std::string>& protocols) {
  int low = 0;
  int high = 0;
  for (const std::string& name : protocols) {
    const int version = name == "TLSv1.2" ? TLS1_2_VERSION : name == "TLSv1.3" ? TLS1_3_VERSION : 0;
    if (version == 0) return Error(ErrorCode::kIllegalArgument, "supported_protocols [{}] is not one of [TLSv1.3, TLSv1.2]", name);
    low = low == 0 ? version : std::min(low, version);
    high = std::max(high, version);
  }
  if (low == 0) return Error(ErrorCode::kIllegalArgument, std::string("supported_protocols must name TLSv1.3, TLSv1.2 or both"));
  if (SSL_CTX_set_min_proto_version(context, low) != 1 || SSL_CTX_set_max_proto_version(context, high) != 1)
    return Error(ErrorCode::kIllegalState, "TLS is not available: {}", last_reason());
  return {};
}

}  // namespace

void TlsContextDeleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

base::Result<TlsContext> make_tls_context(const TlsOptions& options) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return Error(ErrorCode::kIllegalState, "TLS is not available: {}", last_reason());
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  RETURN_IF_ERROR(use_protocols(context.get(), options.supported_protocols));
  RETURN_IF_ERROR(use_certificates(context.get(), options.certificate));
  RETURN_IF_ERROR(use_key(context.get(), options));
  return context;
}

}  // namespace selene::net
