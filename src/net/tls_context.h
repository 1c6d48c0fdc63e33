#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace selene::net {

/// Who a TLS server says it is.
struct TlsOptions {
  std::filesystem::path certificate;  ///< PEM: the certificate, then those between it and its authority
  std::filesystem::path key;          ///< PEM: its private key
  std::string key_passphrase;         ///< of an encrypted key
  std::vector<std::string> supported_protocols = {"TLSv1.3", "TLSv1.2"};
};

struct TlsContextDeleter {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, TlsContextDeleter>;

/// Reads both files. Errors: kIllegalArgument with the file and what is wrong with it: missing, no PEM, wrong passphrase, a key
/// that does not fit the certificate, or a protocol that is not one of the two above. Nothing of key and passphrase is told.
base::Result<TlsContext> make_tls_context(const TlsOptions& options);

}  // namespace selene::net
