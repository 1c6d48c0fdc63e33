#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "net/http_server.h"
#include "net/http_server_fixture.h"

namespace selene::net {
namespace {

TEST_F(HttpServerTest, ClientThatHangsUpCancelsItsRequest) {
  Gate& gate = gate_;
  start(ServerOptions{}, [&gate](const Request&, const base::Cancellation& cancellation) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    while (!cancellation.cancelled()) gate.changed.wait_for(lock, std::chrono::milliseconds(1));
    gate.cancelled = true;
    gate.changed.notify_all();
    return Response{};
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  std::unique_lock lock(gate.mutex);
  gate.changed.wait(lock, [&] { return gate.entered; });
  c.hang_up();
  EXPECT_TRUE(gate.changed.wait_for(lock, std::chrono::seconds(20), [&] { return gate.cancelled; }));
}

TEST_F(HttpServerTest, FullQueueIs429) {
  Gate& gate = gate_;
  ServerOptions options;
  options.num_worker_threads = 1;
  options.max_queued_requests = 1;
  start(options, [&gate](const Request&, const base::Cancellation&) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    gate.changed.wait(lock, [&] { return gate.open; });
    return Response{};
  });
  Client running = client();
  ASSERT_TRUE(running.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  // The next one waits in the queue; with the queue full, one more is refused while the first still runs.
  Client queued = client();
  std::string answer;
  ASSERT_TRUE(queued.send("GET /queued HTTP/1.1\r\nHost: x\r\n\r\n"));
  // Requests of different connections have no order between them: send until one comes back refused.
  while (!answer.starts_with("HTTP/1.1 429 ")) {
    Client next = client();
    ASSERT_TRUE(next.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n"));
    answer = next.receive();
  }
  EXPECT_TRUE(has(answer, "fault: rejected execution")) << answer;
  const std::lock_guard lock(gate.mutex);
  gate.open = true;
  gate.changed.notify_all();
}

TEST_F(HttpServerTest, ManagementIsAnsweredWhileAllWorkersAreTaken) {
  Gate& gate = gate_;
  ServerOptions options;
  options.num_worker_threads = 1;
  options.is_management = [](const Request& request) { return request.target == "/health"; };
  start(options, [&gate](const Request& request, const base::Cancellation&) {
    if (request.target == "/health") return Response{200, {}, "well"};
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    gate.changed.wait(lock, [&] { return gate.open; });
    return Response{};
  });
  Client working = client();
  ASSERT_TRUE(working.send("GET /work HTTP/1.1\r\nHost: x\r\n\r\n"));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  Client watching = client();
  ASSERT_TRUE(watching.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(has(watching.receive(), "well"));
  const std::lock_guard lock(gate.mutex);
  gate.open = true;
  gate.changed.notify_all();
}

TEST_F(HttpServerTest, StopLetsARunningRequestFinish) {
  Gate& gate = gate_;
  start(ServerOptions{}, [&gate](const Request&, const base::Cancellation&) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    gate.changed.wait(lock, [&] { return gate.open; });
    Response response;
    response.body = "finished";
    return response;
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  std::thread stopper([&] { server_->stop(std::chrono::seconds(20)); });
  {
    const std::lock_guard lock(gate.mutex);
    gate.open = true;
    gate.changed.notify_all();
  }
  EXPECT_TRUE(c.receive().ends_with("finished"));
  stopper.join();
  EXPECT_TRUE(c.closed());
}

TEST_F(HttpServerTest, PortInUseIsAnErrorThatNamesIt) {
  start_echo();
  ServerOptions options;
  options.port = server_->port();
  const auto second = HttpServer::bind(options, {}, {});
  ASSERT_FALSE(second.has_value());
  EXPECT_TRUE(has(second.error().reason(), std::to_string(server_->port())));
}

TEST_F(HttpServerTest, StopWithoutGraceCancelsTheRunningRequest) {
  Gate& gate = gate_;
  start(ServerOptions{}, [&gate](const Request&, const base::Cancellation& cancellation) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    while (!cancellation.cancelled()) gate.changed.wait_for(lock, std::chrono::milliseconds(1));
    gate.cancelled = true;
    return Response{};
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  server_->stop(std::chrono::milliseconds(0));
  EXPECT_TRUE(gate.cancelled);
  EXPECT_EQ(server_->num_open_connections(), 0);
}

TEST_F(HttpServerTest, ExceptionOfAHandlerIs500AndTheServerLives) {
  start(ServerOptions{}, [](const Request& request, const base::Cancellation&) -> Response {
    if (request.target == "/throw") throw std::runtime_error("foreign");
    return {};
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET /throw HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 500 "));
  EXPECT_TRUE(c.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, BodiesInFlightAreBounded) {
  Gate& gate = gate_;
  ServerOptions options;
  options.max_content_length_bytes = 1000;
  options.max_in_flight_bytes = 1000;
  start(options, [&gate](const Request& request, const base::Cancellation&) {
    std::unique_lock lock(gate.mutex);
    gate.entered = true;
    gate.changed.notify_all();
    if (request.target == "/held") gate.changed.wait(lock, [&] { return gate.open; });
    return Response{};
  });
  const std::string body(600, 'x');
  Client held = client();
  ASSERT_TRUE(held.send("POST /held HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n" + body));
  {
    std::unique_lock lock(gate.mutex);
    gate.changed.wait(lock, [&] { return gate.entered; });
  }
  Client refused = client();
  ASSERT_TRUE(refused.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n" + body));
  const std::string answer = refused.receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 429 ")) << answer;
  EXPECT_TRUE(has(answer, "[in_flight_requests] Data too large, data for [<http_request>] would be [1200/1.1kb]")) << answer;
  {
    const std::lock_guard lock(gate.mutex);
    gate.open = true;
    gate.changed.notify_all();
  }
  EXPECT_TRUE(held.receive().starts_with("HTTP/1.1 200 "));
  Client after = client();
  // The held answer is on the wire before its memory is given back: ask on that connection first.
  ASSERT_TRUE(held.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(held.receive().starts_with("HTTP/1.1 200 "));
  ASSERT_TRUE(after.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 600\r\n\r\n" + body));
  EXPECT_TRUE(after.receive().starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ConnectionsOverTheLimitAreClosed) {
  ServerOptions options;
  options.max_connections = 1;
  start_echo(options);
  Client first = client();
  ASSERT_TRUE(first.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(has(first.receive(), "GET /1"));
  EXPECT_TRUE(client().closed());
}

TEST_F(HttpServerTest, LargeAnswerReachesAClientThatReadsLate) {
  start(ServerOptions{}, [](const Request&, const base::Cancellation&) {
    Response response;
    response.body = std::string(20U << 20, 'b');
    return response;
  });
  Client c = client();
  ASSERT_TRUE(c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_GT(c.receive().size(), 20U << 20);
  EXPECT_GT(c.receive().size(), 20U << 20);
}

TEST_F(HttpServerTest, ManyClientsAtOnceGetTheirOwnAnswers) {
  ServerOptions options;
  options.num_io_threads = 2;
  start_echo(options);
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Client c = client();
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        const bool sent = c.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\nGET " + path + "b HTTP/1.1\r\nHost: x\r\n\r\n");
        if (!sent || !has(c.receive(), "GET " + path + " ") || !has(c.receive(), "GET " + path + "b ")) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace selene::net
