#include "net/http_server.h"

#ifdef __SANITIZE_THREAD__
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // ThreadSanitizer knows no fences: Asio then orders by its locks alone
#endif

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <type_traits>
#include <unordered_set>

#include "base/log.h"
#include "base/memory_budget.h"
#include "base/thread_pool.h"
#include "net/gzip.h"

namespace selene::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using base::Cancellation;
using ErrorCode = boost::system::error_code;

constexpr size_t kCompressFromBytes = 1024;
constexpr size_t kReadBlockBytes = 64 * 1024;
constexpr std::chrono::seconds kLingerTime{10};

/// What a server asks of its connections. Any thread.
class AnyConnection : public std::enable_shared_from_this<AnyConnection> {
 public:
  virtual ~AnyConnection() = default;
  /// Closes an idle connection now; a busy one after its answer.
  virtual void stop_when_idle() = 0;
  virtual void abort() = 0;
};

/// What connections share with their server.
struct ServerState {
  ServerOptions options;
  RequestHandler handler;
  FaultHandlers faults;
  std::unique_ptr<base::ThreadPool> workers;
  std::unique_ptr<base::ThreadPool> management;  ///< null: workers do it
  std::optional<base::MemoryBudget> in_flight;
  std::optional<asio::ssl::context> tls;  ///< empty: plain HTTP
  std::atomic<bool> stopping{false};

  std::mutex mutex;
  std::condition_variable all_closed;
  std::unordered_set<AnyConnection*> connections;

  Response fault(int status, std::string_view reason) const {
    if (faults.fault) return faults.fault(status, reason);
    Response response;
    response.status = status;
    response.body = reason;
    return response;
  }
};

/// http::string_body, except that an announced length reserves nothing: bytes a client only promises cost no memory.
struct ArrivingBody {
  using value_type = std::string;
  static uint64_t size(const value_type& body) { return body.size(); }
  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(http::header<kIsRequest, Fields>& /*header*/, value_type& body) : body_(body) {}
    void init(const boost::optional<uint64_t>& /*length*/, ErrorCode& error) { error = {}; }
    template <class Buffers>
    size_t put(const Buffers& buffers, ErrorCode& error) {
      error = {};
      const size_t before = body_.size();
      for (const auto buffer : beast::buffers_range_ref(buffers))
        body_.append(static_cast<const char*>(buffer.data()), buffer.size());
      return body_.size() - before;
    }
    void finish(ErrorCode& error) { error = {}; }

   private:
    value_type& body_;
  };
};

using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

/// One client's connection: reads a request, hands it to a worker, writes the answer, and again. All members are touched on
/// its strand only; the worker gets the request by value. `Stream`: PlainStream or TlsStream, known when compiled, so that plain
/// HTTP pays nothing for TLS.
template <class Stream>
class Connection final : public AnyConnection {
 public:
  Connection(Stream stream, std::shared_ptr<ServerState> state) : stream_(std::move(stream)), state_(std::move(state)) {
    tcp_stream().socket().set_option(tcp::no_delay(true), ignored_);
    const auto endpoint = tcp_stream().socket().remote_endpoint(ignored_);
    remote_address_ = endpoint.address().to_string();
    memory_ = *state_->in_flight->take(0, "<http_request>");
    const std::lock_guard lock(state_->mutex);
    state_->connections.insert(this);
  }
  ~Connection() override {
    const std::lock_guard lock(state_->mutex);
    state_->connections.erase(this);
    if (state_->connections.empty()) state_->all_closed.notify_all();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    asio::dispatch(stream_.get_executor(), [self = shared()] {
      if constexpr (kIsTls) {
        self->shake_hands();
      } else {
        self->wait_for_request();
      }
    });
  }
  void stop_when_idle() override {
    asio::post(stream_.get_executor(), [self = shared()] {
      if (self->idle_) self->close();
    });
  }
  void abort() override {
    asio::post(stream_.get_executor(), [self = shared()] {
      self->cancellation_.cancel();
      self->close();
    });
  }

 private:
  using Message = http::response<http::string_body>;
  using Serializer = http::response_serializer<http::string_body>;
  using Parser = http::request_parser<ArrivingBody>;
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  std::shared_ptr<Connection> shared() { return std::static_pointer_cast<Connection>(shared_from_this()); }
  beast::tcp_stream& tcp_stream() { return beast::get_lowest_layer(stream_); }

  void close() {
    tcp_stream().socket().shutdown(tcp::socket::shutdown_both, ignored_);
    tcp_stream().close();
  }

  /// The client has as long for the handshake as for its first request.
  void shake_hands() {
    idle_ = true;
    tcp_stream().expires_after(state_->options.header_timeout);
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared()](ErrorCode error) {
      if (!error) return self->wait_for_request();
      if (error.category() == asio::error::get_ssl_category() && ERR_GET_REASON(error.value()) == SSL_R_HTTP_REQUEST)
        return self->refuse_plain_http();
      self->start_linger_over_tcp();  // the library's alert is on its way
    });
  }

  void refuse_plain_http() {
    const auto message = message_of(state_->fault(400, "this port speaks HTTPS: the request was plain HTTP"), false);
    tcp_stream().expires_after(state_->options.body_idle_timeout);
    http::async_write(tcp_stream(), *message, [self = shared(), message](ErrorCode error, size_t) {
      if (error) return self->close();
      self->start_linger_over_tcp();
    });
  }

  void wait_for_request() {
    idle_ = false;
    if (state_->stopping) return close();
    parser_.emplace();
    memory_.release();
    parser_->header_limit(static_cast<uint32_t>(state_->options.max_header_bytes));
    parser_->body_limit(state_->options.max_content_length_bytes);
    if (buffer_.size() != 0) return read_header();
    idle_ = true;
    tcp_stream().expires_after(first_request_ ? state_->options.header_timeout : state_->options.keep_alive_timeout);
    stream_.async_read_some(buffer_.prepare(kReadBlockBytes), [self = shared()](ErrorCode error, size_t bytes) {
      self->idle_ = false;
      self->buffer_.commit(bytes);
      if (error) return self->close();
      self->read_header();
    });
  }

  void read_header() {
    first_request_ = false;
    tcp_stream().expires_after(state_->options.header_timeout);
    http::async_read_header(stream_, buffer_, *parser_, [self = shared()](ErrorCode error, size_t) {
      if (error) return self->read_failed(error);
      self->header_read();
    });
  }

  void header_read() {
    const auto& message = parser_->get();
    if (message.version() != 11 && message.version() != 10) return fault(505, "HTTP version is not supported");
    const auto coding = message[http::field::transfer_encoding];
    if (!coding.empty() && !beast::iequals(coding, "chunked"))
      return fault(501, "transfer encoding is not supported: only [chunked] is");
    if (beast::iequals(message[http::field::expect], "100-continue")) return write_continue();
    read_body();
  }

  void write_continue() {
    auto response = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
    tcp_stream().expires_after(state_->options.body_idle_timeout);
    http::async_write(stream_, *response, [self = shared(), response](ErrorCode error, size_t) {
      if (error) return self->close();
      self->read_body();
    });
  }

  void read_body() {
    const auto grown = memory_.grow_to(parser_->get().body().size(), "<http_request>");
    if (!grown.has_value()) return fault(429, grown.error().reason());
    if (parser_->is_done()) return request_read();
    tcp_stream().expires_after(state_->options.body_idle_timeout);
    http::async_read_some(stream_, buffer_, *parser_, [self = shared()](ErrorCode error, size_t) {
      if (error) return self->read_failed(error);
      self->read_body();
    });
  }

  void read_failed(ErrorCode error) {
    if (error == http::error::end_of_stream || error == asio::error::connection_reset || error == asio::error::eof ||
        error == http::error::partial_message || error == asio::error::operation_aborted) {
      return close();
    }
    if (error == beast::error::timeout) return close();  // the stream is closed by its timer already
    if (error == http::error::body_limit) {
      return fault(413, base::format("entity content is too long: more than the [{}] bytes of [http.max_content_length]",
                                     state_->options.max_content_length_bytes));
    }
    if (error == http::error::header_limit) {
      return fault(431, base::format("request line and headers are longer than [{}] bytes", state_->options.max_header_bytes));
    }
    fault(400, base::format("malformed HTTP request: {}", error.message()));
  }

  void request_read() {
    tcp_stream().expires_never();
    auto message = parser_->release();
    auto request = std::make_shared<Request>();
    request->method = std::string(message.method_string());
    request->target = std::string(message.target());
    request->remote_address = remote_address_;
    for (const auto& field : message) request->headers.add(std::string(field.name_string()), std::string(field.value()));
    request->body = std::move(message.body());
    keep_alive_ = message.keep_alive();
    head_ = message.method() == http::verb::head;
    const bool gzip_answer = accepts_gzip(request->headers.get("Accept-Encoding"));
    cancellation_ = Cancellation();
    watch_for_hang_up();
    auto self = shared();
    const bool is_management = state_->management != nullptr && state_->options.is_management(*request);
    base::ThreadPool& pool = is_management ? *state_->management : *state_->workers;
    const auto submitted = pool.submit([self, request, gzip_answer, cancellation = cancellation_] {
      auto response = std::make_shared<Response>(self->run(*request, cancellation, gzip_answer));
      asio::post(self->stream_.get_executor(), [self, response] { self->answer(std::move(*response)); });
    });
    if (!submitted.has_value()) answer(state_->fault(429, submitted.error().reason()));
  }

  /// On a worker; the root of what a request does, so foreign exceptions end here.
  Response run(Request& request, const Cancellation& cancellation, bool gzip_answer) const {
    try {
      Response response = handle(request, cancellation);
      if (gzip_answer && response.body.size() > kCompressFromBytes && !response.headers.contains("Content-Encoding")) {
        response.body = gzip_compress(response.body);
        response.headers.add("Content-Encoding", "gzip");
      }
      return response;
    } catch (const std::bad_alloc&) {
      return state_->fault(429, "out of memory while answering the request");
    } catch (const std::exception& exception) {
      base::log_error("{} {} ended with an exception: {}", request.method, request.target, exception.what());
      return state_->fault(500, base::format("internal error: {}", exception.what()));
    }
  }

  Response handle(Request& request, const Cancellation& cancellation) const {
    const std::string_view encoding = request.headers.get("Content-Encoding");
    base::MemoryShare inflated;
    if (beast::iequals(encoding, "gzip") || beast::iequals(encoding, "x-gzip")) {
      auto body = gzip_decompress(request.body, state_->options.max_content_length_bytes);
      if (!body.has_value())
        return state_->fault(body.error().code() == base::ErrorCode::kContentTooLong ? 413 : 400, body.error().reason());
      auto share = state_->in_flight->take(body->size(), "<http_request>");
      if (!share.has_value()) return state_->fault(429, share.error().reason());
      inflated = std::move(*share);
      request.body = std::move(*body);
    } else if (!encoding.empty() && !beast::iequals(encoding, "identity")) {
      return state_->fault(415, base::format("Content-Encoding [{}] is not supported: only [gzip] is", encoding));
    }
    return state_->handler(request, cancellation);
  }

  /// Sets the cancellation when the client closes while its request runs. Bytes of a next, pipelined request end the watch.
  void watch_for_hang_up() {
    if (buffer_.size() != 0) return;
    tcp_stream().socket().async_wait(
        tcp::socket::wait_read,
        asio::bind_executor(stream_.get_executor(), [self = shared(), cancellation = cancellation_](ErrorCode error) {
          if (!error && self->has_hung_up()) cancellation.cancel();
        }));
  }

  /// Looks at what has arrived and leaves it there. TLS says good-bye in a record before the socket is closed: an alert, which TLS
  /// 1.3 shows as two bytes of content, one of type and 16 of tag under the type of application data (RFC 8446, 5.2 and 6).
  bool has_hung_up() {
    std::array<uint8_t, 5> head{};
    const ssize_t size = ::recv(tcp_stream().socket().native_handle(), head.data(), head.size(), MSG_PEEK | MSG_DONTWAIT);
    if (size == 0) return true;
    if (size < 0) return errno == ECONNRESET;
    if (!kIsTls || size < static_cast<ssize_t>(head.size())) return false;
    constexpr uint8_t kAlert = 21;
    constexpr uint8_t kApplicationData = 23;
    constexpr int kSealedAlertBytes = 2 + 1 + 16;
    return head[0] == kAlert || (head[0] == kApplicationData && head[3] * 256 + head[4] == kSealedAlertBytes);
  }

  void answer(Response response) {
    tcp_stream().socket().cancel(ignored_);  // ends the watch
    write(std::move(response), keep_alive_ && !state_->stopping);
  }

  void fault(int status, std::string_view reason) {
    head_ = false;
    linger_ = true;
    write(state_->fault(status, reason), false);
  }

  static std::shared_ptr<Message> message_of(Response response, bool keep_alive) {
    auto message = std::make_shared<Message>();
    message->version(11);
    message->result(static_cast<unsigned>(response.status));
    for (const auto& [name, value] : response.headers.items()) message->insert(name, value);
    message->keep_alive(keep_alive);
    message->body() = std::move(response.body);
    message->content_length(message->body().size());
    return message;
  }

  void write(Response response, bool keep_alive) {
    const std::shared_ptr<Message> message = message_of(std::move(response), keep_alive);
    if (head_) message->body().clear();
    auto serializer = std::make_shared<Serializer>(*message);
    serializer->split(head_);
    write_some(message, serializer, keep_alive);
  }

  /// In steps, so that a slow but reading client is not cut off: the time limit holds for one step.
  void write_some(std::shared_ptr<Message> message, std::shared_ptr<Serializer> serializer, bool keep_alive) {
    tcp_stream().expires_after(state_->options.body_idle_timeout);
    auto done = [self = shared(), message, serializer, keep_alive](ErrorCode error, size_t) {
      if (error) return self->close();
      const bool written = self->head_ ? serializer->is_header_done() : serializer->is_done();
      if (!written) return self->write_some(message, serializer, keep_alive);
      if (keep_alive) return self->wait_for_request();
      if (kIsTls || self->linger_) return self->start_linger();
      self->close();
    };
    http::async_write_some(stream_, *serializer, std::move(done));
  }

  /// Ends TLS, so that the client knows the answer for whole; without TLS, as below.
  void start_linger() {
    if constexpr (kIsTls) {
      tcp_stream().expires_after(kLingerTime);
      stream_.async_shutdown([self = shared()](ErrorCode) { self->start_linger_over_tcp(); });
    } else {
      start_linger_over_tcp();
    }
  }
  /// Reads and drops what the client still sends, so that a reset does not overtake the answer (RFC 9112, 9.6).
  void start_linger_over_tcp() {
    tcp_stream().socket().shutdown(tcp::socket::shutdown_send, ignored_);
    tcp_stream().expires_after(kLingerTime);
    buffer_.clear();
    linger();
  }
  void linger() {
    tcp_stream().async_read_some(asio::buffer(dropped_), [self = shared()](ErrorCode error, size_t) {
      if (error) return self->close();
      self->linger();
    });
  }

  Stream stream_;
  std::shared_ptr<ServerState> state_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Cancellation cancellation_;
  std::string remote_address_;
  base::MemoryShare memory_;  ///< of the body being read or answered
  std::array<char, 16384> dropped_;
  bool idle_ = false;
  bool first_request_ = true;
  bool keep_alive_ = true;
  bool head_ = false;
  bool linger_ = false;
  ErrorCode ignored_;
};

class BeastServer final : public HttpServer {
 public:
  explicit BeastServer(std::shared_ptr<ServerState> state)
      : state_(std::move(state)), acceptor_(asio::make_strand(context_)), retry_(acceptor_.get_executor()) {}
  ~BeastServer() override { stop(std::chrono::milliseconds(0)); }

  base::Status listen() {
    const ServerOptions& options = state_->options;
    ErrorCode error;
    const auto fail = [&](std::string_view what) {
      return base::Error(base::ErrorCode::kIo, "cannot listen on [{}:{}]: {}: {}", options.host, options.port, what,
                         error.message());
    };
    const auto address = asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
    if (error) return fail("not an IP address");
    const tcp::endpoint endpoint(address, options.port);
    acceptor_.open(endpoint.protocol(), error);
    if (error) return fail("open");
    acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    acceptor_.bind(endpoint, error);
    if (error) return fail("bind");
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail("listen");
    port_ = acceptor_.local_endpoint().port();
    return {};
  }

  void start() override {
    state_->workers = std::make_unique<base::ThreadPool>("http", state_->options.num_worker_threads,
                                                         static_cast<size_t>(state_->options.max_queued_requests));
    if (state_->options.is_management) {
      state_->management = std::make_unique<base::ThreadPool>("management", state_->options.num_management_threads,
                                                              static_cast<size_t>(state_->options.max_queued_requests));
    }
    work_.emplace(context_.get_executor());
    accept();
    for (int i = 0; i < state_->options.num_io_threads; ++i) io_threads_.emplace_back([this] { run_io(); });
  }

  uint16_t port() const override { return port_; }

  void stop(std::chrono::milliseconds grace) override {
    if (stopped_.exchange(true)) return;
    state_->stopping = true;
    asio::post(acceptor_.get_executor(), [this] {
      ErrorCode ignored;
      acceptor_.close(ignored);
      retry_.cancel();
    });
    for_each_connection([](AnyConnection& connection) { connection.stop_when_idle(); });
    if (!io_threads_.empty()) {
      std::unique_lock lock(state_->mutex);
      state_->all_closed.wait_for(lock, grace, [this] { return state_->connections.empty(); });
    }
    for_each_connection([](AnyConnection& connection) { connection.abort(); });
    if (state_->workers != nullptr) state_->workers->stop();
    if (state_->management != nullptr) state_->management->stop();
    work_.reset();
    // What is left are answers of the workers above and closed sockets; their handlers run and end.
    for (std::thread& thread : io_threads_) thread.join();
    io_threads_.clear();
  }

  int64_t num_open_connections() const override {
    const std::lock_guard lock(state_->mutex);
    return static_cast<int64_t>(state_->connections.size());
  }

 private:
  /// The root of an io thread: a foreign exception (no memory) costs the connection it came from, not the server.
  void run_io() {
    while (true) {
      try {
        context_.run();
        return;
      } catch (const std::exception& exception) {
        base::log_error("a connection ended with an exception: {}", exception.what());
      }
    }
  }

  template <class Function>
  void for_each_connection(Function function) {
    std::vector<std::shared_ptr<AnyConnection>> alive;
    {
      const std::lock_guard lock(state_->mutex);
      for (AnyConnection* connection : state_->connections) {
        if (auto shared = connection->weak_from_this().lock()) alive.push_back(std::move(shared));
      }
    }
    for (const auto& connection : alive) function(*connection);
  }

  void accept() {
    acceptor_.async_accept(asio::make_strand(context_), [this](ErrorCode error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (error) return accept_later();
      accept();  // first: what follows may run out of memory
      if (num_open_connections() >= state_->options.max_connections) {
        ErrorCode ignored;
        socket.close(ignored);
      } else {
        open(std::move(socket));
      }
    });
  }

  void open(tcp::socket socket) {
    PlainStream plain(std::move(socket));
    if (state_->tls) {
      std::make_shared<Connection<TlsStream>>(TlsStream(std::move(plain), *state_->tls), state_)->start();
    } else {
      std::make_shared<Connection<PlainStream>>(std::move(plain), state_)->start();
    }
  }

  /// Out of file descriptors or the like: tries again a little later instead of spinning.
  void accept_later() {
    retry_.expires_after(std::chrono::milliseconds(50));
    retry_.async_wait([this](ErrorCode error) {
      if (!error && acceptor_.is_open()) accept();
    });
  }

  std::shared_ptr<ServerState> state_;
  asio::io_context context_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::vector<std::thread> io_threads_;
  std::atomic<bool> stopped_{false};
  uint16_t port_ = 0;
};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::bind(ServerOptions options, RequestHandler handler, FaultHandlers faults) {
  auto state = std::make_shared<ServerState>();
  state->in_flight.emplace("in_flight_requests", std::max(options.max_in_flight_bytes, options.max_content_length_bytes));
  if (options.tls) {
    ASSIGN_OR_RETURN(TlsContext context, make_tls_context(*options.tls));
    state->tls.emplace(context.release());
  }
  state->options = std::move(options);
  state->handler = std::move(handler);
  state->faults = std::move(faults);
  auto server = std::make_unique<BeastServer>(std::move(state));
  RETURN_IF_ERROR(server->listen());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace selene::net
