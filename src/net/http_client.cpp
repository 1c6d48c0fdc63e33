#include "net/http_client.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "net/address_class.h"

namespace selene::net {
namespace {

using base::Cancellation;
using base::Error;
using base::ErrorCode;
using base::Result;
using base::Status;
using std::chrono::milliseconds;

constexpr int kMaxRedirects = 5;
constexpr size_t kMaxHeaderBytes = size_t{256} << 10;
// How often a waiting caller looks whether its client has gone.
constexpr milliseconds kCancellationPoll{20};

struct UrlParts {
  std::string scheme;
  std::string host;
  std::string port;
  std::string origin() const { return base::format("{}://{}:{}", scheme, host, port); }
};

/// Owns a libcurl URL.
class ParsedUrl {
 public:
  ParsedUrl() : url_(curl_url()) {}
  ~ParsedUrl() { curl_url_cleanup(url_); }
  ParsedUrl(const ParsedUrl&) = delete;
  ParsedUrl& operator=(const ParsedUrl&) = delete;
  /// The second call resolves a reference against the first.
  bool set(const std::string& text) { return url_ != nullptr && curl_url_set(url_, CURLUPART_URL, text.c_str(), 0) == CURLUE_OK; }
  std::string get(CURLUPart part) const {
    char* text = nullptr;
    if (curl_url_get(url_, part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK || text == nullptr) return {};
    std::string out(text);
    curl_free(text);
    return out;
  }

 private:
  CURLU* url_;
};

Result<UrlParts> check_url(const std::string& text) {
  ParsedUrl url;
  if (text.find('\0') != std::string::npos || !url.set(text))
    return Error(ErrorCode::kIllegalArgument, std::string("unable to parse url"));
  UrlParts parts{url.get(CURLUPART_SCHEME), url.get(CURLUPART_HOST), url.get(CURLUPART_PORT)};
  if (parts.scheme != "http" && parts.scheme != "https")
    return Error(ErrorCode::kIllegalArgument, "unsupported scheme [{}] in url: it must be http or https", parts.scheme);
  if (!url.get(CURLUPART_USER).empty() || !url.get(CURLUPART_PASSWORD).empty())
    return Error(ErrorCode::kIllegalArgument, "the url of [{}] must not hold a user or a password", parts.origin());
  if (parts.host.starts_with('[') && parts.host.ends_with(']')) parts.host = parts.host.substr(1, parts.host.size() - 2);
  return parts;
}

bool is_control_free(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// One request on the wire. Made and awaited by the caller; between `submit` and `done` it belongs to the client's thread, but for
/// `abort`.
struct Transfer {
  const ClientOptions* options = nullptr;
  const ClientRequest* request = nullptr;
  UrlParts target;
  bool proxied = false;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;

  ClientResponse response;
  size_t header_bytes = 0;
  size_t body_bytes = 0;
  bool address_refused = false;
  std::optional<Error> fault;  // what a callback found wrong
  char details[CURL_ERROR_SIZE] = {};

  std::mutex mutex;
  std::condition_variable changed;
  bool abort = false;  // GUARDED_BY(mutex), like those below
  bool done = false;
  CURLcode code = CURLE_OK;

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    if (easy != nullptr) curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
  }
};

curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (!transfer.proxied) {
    const AddressClass where = classify_address(address->addr);
    const bool allowed = where == AddressClass::kLoopback ||
                         ((transfer.target.scheme == "https" || transfer.options->plain_http == PlainHttp::kAnywhere) &&
                          (where == AddressClass::kPublic || transfer.options->targets == ClientTargets::kPublicAndPrivate));
    if (!allowed) {
      transfer.address_refused = true;
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

size_t read_header(char* bytes, size_t, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  std::string_view line(bytes, size);
  if (line.starts_with("HTTP/")) transfer.response.headers = Headers();  // an interim answer (100) came before
  transfer.header_bytes += size;
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.fault = Error(ErrorCode::kContentTooLong, "the answer of [{}] has more than [{}] bytes of headers",
                           transfer.target.origin(), kMaxHeaderBytes);
    return 0;
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return size;
  std::string_view value = line.substr(colon + 1);
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!value.empty() && blank(value.front())) value.remove_prefix(1);
  while (!value.empty() && blank(value.back())) value.remove_suffix(1);
  transfer.response.headers.add(std::string(line.substr(0, colon)), std::string(value));
  return size;
}

size_t read_body(char* bytes, size_t, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  const ClientRequest& request = *transfer.request;
  transfer.body_bytes += size;
  if (transfer.body_bytes > request.max_response_bytes) {
    transfer.fault = Error(ErrorCode::kContentTooLong, "the answer of [{}] is longer than [{}] bytes", transfer.target.origin(),
                           request.max_response_bytes);
    return 0;
  }
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  if (!request.sink || status / 100 != 2) {
    transfer.response.body.append(bytes, size);
    return size;
  }
  const Status taken = request.sink({bytes, size});
  if (taken.has_value()) return size;
  transfer.fault = taken.error();
  return 0;
}

template <class Value>
void set(CURL* easy, CURLoption option, Value value) {
  curl_easy_setopt(easy, option, value);
}

Status set_headers(Transfer& transfer, const Headers& headers) {
  for (const auto& [name, value] : headers.items()) {
    const bool valid = !name.empty() && is_control_free(name) && is_control_free(value) && name.find(':') == std::string::npos;
    if (!valid) return Error(ErrorCode::kIllegalArgument, "header [{}] holds a character that no header may hold", name);
    // libcurl leaves out a header that ends in ':', and sends an empty one for ';'.
    const std::string line = value.empty() ? name + ";" : name + ": " + value;
    transfer.headers = curl_slist_append(transfer.headers, line.c_str());
  }
  // No "Expect: 100-continue": it costs a round trip, and some servers never answer it.
  transfer.headers = curl_slist_append(transfer.headers, "Expect:");
  return {};
}

void set_method(CURL* easy, const std::string& method, const std::string& body) {
  if (method == "HEAD") {
    set(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  const bool sends_body = !body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
  if (sends_body) {
    set(easy, CURLOPT_POST, 1L);
    set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(easy, CURLOPT_POSTFIELDS, body.data());
  }
  if (method != (sends_body ? "POST" : "GET")) set(easy, CURLOPT_CUSTOMREQUEST, method.c_str());
}

/// REQUIRES: `url`, `headers` and the transfer's request outlive the transfer.
Status prepare(Transfer& transfer, const std::string& url, const Headers& headers) {
  const ClientOptions& options = *transfer.options;
  const ClientRequest& request = *transfer.request;
  ASSIGN_OR_RETURN(transfer.target, check_url(url));
  CURL* easy = transfer.easy = curl_easy_init();
  if (easy == nullptr) return Error(ErrorCode::kIllegalState, std::string("the HTTP library gave no handle"));
  RETURN_IF_ERROR(set_headers(transfer, headers));
  const std::string proxy = options.proxies.proxy_for(transfer.target.scheme, transfer.target.host);
  transfer.proxied = !proxy.empty();
  set(easy, CURLOPT_URL, url.c_str());
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy, CURLOPT_PROXY, proxy.c_str());  // "" also switches off the library's own reading of the environment
  set(easy, CURLOPT_NOPROXY, "");
  set(easy, CURLOPT_HTTPHEADER, transfer.headers);
  set_method(easy, request.method, request.body);
  if (!headers.contains("Accept-Encoding")) set(easy, CURLOPT_ACCEPT_ENCODING, "");
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_QUICK_EXIT, 1L);  // an abandoned name lookup is not waited for
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) set(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  set(easy, CURLOPT_ERRORBUFFER, transfer.details);
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(easy, CURLOPT_OPENSOCKETDATA, &transfer);
  set(easy, CURLOPT_HEADERFUNCTION, &read_header);
  set(easy, CURLOPT_HEADERDATA, &transfer);
  set(easy, CURLOPT_WRITEFUNCTION, &read_body);
  set(easy, CURLOPT_WRITEDATA, &transfer);
  set(easy, CURLOPT_PRIVATE, &transfer);
  return {};
}

Error transfer_error(const Transfer& transfer) {
  const std::string origin = transfer.target.origin();
  if (transfer.fault.has_value()) return *transfer.fault;
  if (transfer.address_refused) {
    const bool plain = transfer.target.scheme == "http" && transfer.options->plain_http == PlainHttp::kLoopbackOnly;
    return Error(ErrorCode::kIllegalArgument, "connecting to [{}] is not allowed: {}", origin,
                 plain ? "http:// is for loopback addresses only, use https://" : "the address is a private or link-local one");
  }
  if (transfer.code == CURLE_OPERATION_TIMEDOUT)
    return Error(ErrorCode::kStatusTimeout, "connecting to [{}] took too long", origin);
  const bool verification = transfer.code == CURLE_PEER_FAILED_VERIFICATION && transfer.details[0] != '\0';
  return Error(ErrorCode::kIo, "the request to [{}] failed: {}", origin,
               verification ? transfer.details : curl_easy_strerror(transfer.code));
}

Error stop_reason(const Cancellation& cancellation, const UrlParts& target) {
  if (cancellation.cancelled()) return Error(ErrorCode::kTaskCancelled, "the request to [{}] was cancelled", target.origin());
  return Error(ErrorCode::kStatusTimeout, "the request to [{}] took longer than its deadline", target.origin());
}

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(ClientOptions options) : options_(std::move(options)) {}
  ~CurlClient() override;
  Status start();
  Result<ClientResponse> send(const ClientRequest& request, const Cancellation& cancellation) override;

 private:
  Result<ClientResponse> send_once(const ClientRequest& request, const std::string& url, const Headers& headers,
                                   const Cancellation& cancellation);
  void run();
  void take_new();
  void drop_aborted();
  void collect_done();
  static void finish(Transfer& transfer, CURLcode code);

  const ClientOptions options_;
  CURLM* multi_ = nullptr;
  std::thread thread_;
  std::mutex mutex_;
  std::vector<Transfer*> submitted_;  // GUARDED_BY(mutex_)
  bool stopping_ = false;             // GUARDED_BY(mutex_)
  std::vector<Transfer*> running_;    // the client's thread only
};

Status CurlClient::start() {
  multi_ = curl_multi_init();
  if (multi_ == nullptr) return Error(ErrorCode::kIllegalState, std::string("the HTTP library could not start"));
  curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options_.max_connections_per_host));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(options_.max_idle_connections));
  thread_ = std::thread([this] { run(); });
  return {};
}

CurlClient::~CurlClient() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (multi_ != nullptr) curl_multi_wakeup(multi_);
  if (thread_.joinable()) thread_.join();
  if (multi_ != nullptr) curl_multi_cleanup(multi_);
}

void CurlClient::finish(Transfer& transfer, CURLcode code) {
  const std::lock_guard lock(transfer.mutex);
  transfer.code = code;
  transfer.done = true;
  transfer.changed.notify_all();
}

void CurlClient::take_new() {
  std::vector<Transfer*> fresh;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(submitted_);
  }
  for (Transfer* transfer : fresh) {
    if (curl_multi_add_handle(multi_, transfer->easy) == CURLM_OK) {
      running_.push_back(transfer);
    } else {
      finish(*transfer, CURLE_FAILED_INIT);
    }
  }
}

void CurlClient::drop_aborted() {
  std::erase_if(running_, [this](Transfer* transfer) {
    {
      const std::lock_guard lock(transfer->mutex);
      if (!transfer->abort) return false;
    }
    curl_multi_remove_handle(multi_, transfer->easy);
    finish(*transfer, CURLE_ABORTED_BY_CALLBACK);
    return true;
  });
}

void CurlClient::collect_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    void* user = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &user);
    auto* transfer = static_cast<Transfer*>(user);
    curl_multi_remove_handle(multi_, transfer->easy);
    std::erase(running_, transfer);
    finish(*transfer, code);
  }
}

void CurlClient::run() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    take_new();
    drop_aborted();
    int num_running = 0;
    curl_multi_perform(multi_, &num_running);
    collect_done();
    curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
  }
}

Result<ClientResponse> CurlClient::send_once(const ClientRequest& request, const std::string& url, const Headers& headers,
                                             const Cancellation& cancellation) {
  Transfer transfer;
  transfer.options = &options_;
  transfer.request = &request;
  RETURN_IF_ERROR(prepare(transfer, url, headers));
  if (cancellation.should_stop()) return stop_reason(cancellation, transfer.target);
  {
    const std::lock_guard lock(mutex_);
    submitted_.push_back(&transfer);
  }
  curl_multi_wakeup(multi_);
  std::unique_lock lock(transfer.mutex);
  while (!transfer.done) {
    const auto next = std::min(cancellation.deadline(), Cancellation::Clock::now() + kCancellationPoll);
    transfer.changed.wait_until(lock, next);
    if (transfer.done || transfer.abort || !cancellation.should_stop()) continue;
    transfer.abort = true;
    curl_multi_wakeup(multi_);
  }
  if (transfer.code != CURLE_OK) {
    if (transfer.abort && !transfer.fault.has_value()) return stop_reason(cancellation, transfer.target);
    return transfer_error(transfer);
  }
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  transfer.response.url = url;
  return std::move(transfer.response);
}

/// Where a 3xx answer points; empty if it does not, or not to a URL.
std::string redirect_target(const ClientResponse& response) {
  const int status = response.status;
  if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) return {};
  ParsedUrl url;
  const std::string location(response.headers.get("Location"));
  if (location.empty() || !url.set(response.url) || !url.set(location)) return {};
  return url.get(CURLUPART_URL);
}

Result<ClientResponse> CurlClient::send(const ClientRequest& request, const Cancellation& cancellation) {
  std::string url = request.url;
  Headers headers = request.headers;
  for (int hops = 0;; ++hops) {
    ASSIGN_OR_RETURN(ClientResponse response, send_once(request, url, headers, cancellation));
    if (request.redirects == Redirects::kRefuse) return response;
    std::string next = redirect_target(response);
    if (next.empty()) return response;
    ASSIGN_OR_RETURN(const UrlParts from, check_url(url));
    ASSIGN_OR_RETURN(const UrlParts to, check_url(next));
    if (hops == kMaxRedirects)
      return Error(ErrorCode::kIo, "the request to [{}] was redirected more than [{}] times", from.origin(), kMaxRedirects);
    if (from.origin() != to.origin()) {
      headers.remove("Authorization");
      headers.remove("Cookie");
    }
    url = std::move(next);
  }
}

}  // namespace

Result<std::unique_ptr<HttpClient>> HttpClient::create(ClientOptions options) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return Error(ErrorCode::kIllegalState, std::string("the HTTP library could not start"));
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0)
    return Error(ErrorCode::kIo, "cannot read the certificate authorities in [{}]", options.ca_file);
  auto client = std::make_unique<CurlClient>(std::move(options));
  RETURN_IF_ERROR(client->start());
  return std::unique_ptr<HttpClient>(std::move(client));
}

}  // namespace selene::net
