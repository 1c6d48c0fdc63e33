#include "main/hub_client.h"

#include <cstdlib>
#include <fstream>
#include <system_error>

#include "base/env.h"
#include "net/sha256.h"

namespace selene::main {

using base::Error;
using base::ErrorCode;
namespace fs = std::filesystem;

namespace {

constexpr size_t kMaxInfoBytes = size_t{16} << 20;

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread starts
  return value != nullptr ? value : "";
}

/// A revision (refs/pr/3) as one segment of a path.
std::string in_one_segment(std::string_view revision) {
  std::string text;
  for (const char c : revision) c == '/' ? text += "%2F" : text += c;
  return text;
}

/// Bytes of a file that grows: what is there of an earlier try counts for the digest.
struct PartFile {
  fs::path path;
  net::Sha256 sha256;
  int64_t size = 0;
  std::ofstream out;

  base::Status open(std::ios::openmode mode) {
    out.close();
    out.open(path, std::ios::binary | mode);
    if (out) return {};
    return Error(ErrorCode::kIo, "cannot write [{}]", path.string());
  }
  /// Takes up an earlier try of at most `limit` bytes.
  base::Status resume(int64_t limit) {
    std::ifstream in(path, std::ios::binary);
    std::string block(size_t{1} << 20, '\0');
    while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
      sha256.update(std::string_view(block).substr(0, static_cast<size_t>(in.gcount())));
      size += in.gcount();
    }
    if (size <= limit) return open(std::ios::app);
    return restart();
  }
  base::Status restart() {
    sha256 = net::Sha256();
    size = 0;
    return open(std::ios::trunc);
  }
  base::Status append(std::string_view bytes) {
    sha256.update(bytes);
    size += static_cast<int64_t>(bytes.size());
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (out) return {};
    return Error(ErrorCode::kIo, "cannot write [{}]: is the disk full?", path.string());
  }
  base::Status close() {
    out.close();
    if (!out) return Error(ErrorCode::kIo, "cannot write [{}]: is the disk full?", path.string());
    return base::system_env().sync(path);
  }
};

}  // namespace

base::Result<std::unique_ptr<HubClient>> HubClient::create(HubOptions options) {
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  if (!options.endpoint.starts_with("https://") && !options.endpoint.starts_with("http://")) {
    return Error(ErrorCode::kIllegalArgument, "HF_ENDPOINT [{}] is no http:// or https:// address", options.endpoint);
  }
  net::ClientOptions client;
  client.targets = net::ClientTargets::kPublicAndPrivate;  // the endpoint is the operator's choice
  client.proxies = net::ProxyRules::from_environment(&environment);
  client.ca_file = environment("SSL_CERT_FILE");
  ASSIGN_OR_RETURN(auto http, net::HttpClient::create(std::move(client)));
  return std::unique_ptr<HubClient>(new HubClient(std::move(options), std::move(http)));
}

net::ClientRequest HubClient::request(const std::string& url) const {
  net::ClientRequest request;
  request.url = url;
  request.redirects = net::Redirects::kFollow;
  request.max_response_bytes = kMaxInfoBytes;
  request.headers.add("User-Agent", "selene");
  request.headers.add("Accept-Encoding", "identity");  // sizes and digests are those of the bytes as stored
  if (!options_.token.empty()) request.headers.add("Authorization", "Bearer " + options_.token);
  return request;
}

Error HubClient::unexpected(int status, const std::string& what) const {
  if (status == 401 || status == 403) {
    return Error(
        ErrorCode::kIllegalArgument,
        "[{}] does not let you read {}: it does not exist, is private or asks for consent to its terms; give a token of an "
        "account that may read it in HF_TOKEN{}",
        options_.endpoint, what, options_.token.empty() ? "" : " (the one given was refused)");
  }
  if (status == 404) return Error(ErrorCode::kResourceNotFound, "[{}] has no {}", options_.endpoint, what);
  return Error(ErrorCode::kIo, "[{}] answered {} with status [{}]", options_.endpoint, what, status);
}

Error HubClient::with_hint(Error error) const {
  if (error.code() != ErrorCode::kIo && error.code() != ErrorCode::kStatusTimeout) return error;
  Error outer(
      ErrorCode::kIo,
      "cannot reach [{}]: {}. Without a connection, copy the model's folder to this machine and run [selene pull FOLDER]; a "
      "mirror is named in HF_ENDPOINT, a proxy in https_proxy",
      options_.endpoint, error.reason());
  return std::move(outer).with_cause(std::move(error));
}

base::Result<HubModel> HubClient::model(const std::string& id, const std::string& revision) {
  const std::string url = options_.endpoint + "/api/models/" + id + "/revision/" + in_one_segment(revision) + "?blobs=true";
  auto response = http_->send(request(url), base::Cancellation());
  if (!response.has_value()) return with_hint(std::move(response).error());
  if (response->status != 200) return unexpected(response->status, "model [" + id + "] at revision [" + revision + "]");
  return parse_hub_model(id, response->body);
}

base::Status HubClient::download(const HubModel& model, const HubFile& file, const fs::path& to,
                                 const std::function<void(int64_t bytes)>& advance) {
  RETURN_IF_ERROR(base::system_env().create_folders(to.parent_path()));
  PartFile part{to.string() + ".part", {}, 0, {}};
  RETURN_IF_ERROR(part.resume(file.size_bytes));
  advance(part.size);
  if (part.size < file.size_bytes || file.size_bytes == 0) {
    net::ClientRequest get = request(options_.endpoint + "/" + model.id + "/resolve/" + model.commit + "/" + file.path);
    get.max_response_bytes = static_cast<size_t>(file.size_bytes) + kMaxInfoBytes;
    const int64_t resumed = part.size;
    if (resumed > 0) get.headers.add("Range", base::format("bytes={}-", resumed));
    get.sink = [&](std::string_view bytes) -> base::Status {
      RETURN_IF_ERROR(part.append(bytes));
      advance(static_cast<int64_t>(bytes.size()));
      return {};
    };
    auto response = http_->send(get, base::Cancellation());
    if (!response.has_value()) return with_hint(std::move(response).error());
    if (response->status == 200 && resumed > 0) {  // the whole file again: what came is behind the part
      advance(-part.size);
      RETURN_IF_ERROR(part.restart());
      RETURN_IF_ERROR(part.close());
      return download(model, file, to, advance);
    }
    if (response->status != 200 && response->status != 206) return unexpected(response->status, "file [" + file.path + "]");
  }
  RETURN_IF_ERROR(part.close());
  std::error_code fault;
  if (file.size_bytes > 0 && part.size != file.size_bytes) {
    if (part.size > file.size_bytes) fs::remove(part.path, fault);
    return Error(ErrorCode::kIo, "[{}] of [{}] has {} bytes, not {}; run the command again to go on", file.path, model.id,
                 part.size, file.size_bytes);
  }
  if (const std::string digest = part.sha256.finish(); !file.sha256.empty() && digest != file.sha256) {
    fs::remove(part.path, fault);
    return Error(ErrorCode::kIo, "[{}] of [{}] is damaged: its sha256 is [{}], not [{}]", file.path, model.id, digest, file.sha256);
  }
  return base::system_env().rename(part.path, to);
}

}  // namespace selene::main
