#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "main/hub_layout.h"
#include "net/http_client.h"

namespace selene::main {

struct HubOptions {
  std::string endpoint = "https://huggingface.co";  ///< HF_ENDPOINT; without a slash at the end
  std::string token;                                ///< HF_TOKEN; empty: none
};

/// The part of the Hugging Face hub's interface that reads models. One thread.
/// Source: huggingface_hub, HfApi.model_info and file_download.
class HubClient {
 public:
  /// Errors: kIllegalArgument for an endpoint that is no http:// or https:// URL; those of HttpClient::create.
  static base::Result<std::unique_ptr<HubClient>> create(HubOptions options);

  /// Errors: kResourceNotFound (no such model or revision), kIllegalArgument (gated or private, wrong token), kIo with a hint
  /// (offline), kParsing.
  base::Result<HubModel> model(const std::string& id, const std::string& revision);
  /// Fetches a file to `to`, through `to`.part, which a later call goes on with (Range); replaced in one step once size and sha256
  /// are right. `advance` is told the bytes as they come, those of an earlier call first.
  /// Errors: as above; kIo if size or sha256 are wrong (the part is removed).
  base::Status download(const HubModel& model, const HubFile& file, const std::filesystem::path& to,
                        const std::function<void(int64_t bytes)>& advance);

 private:
  HubClient(HubOptions options, std::unique_ptr<net::HttpClient> http) : options_(std::move(options)), http_(std::move(http)) {}
  net::ClientRequest request(const std::string& url) const;
  base::Error unexpected(int status, const std::string& what) const;
  base::Error with_hint(base::Error error) const;

  HubOptions options_;
  std::unique_ptr<net::HttpClient> http_;
};

}  // namespace selene::main
