#include "app/http/http_server.h"

#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "report/base/log.h"

namespace reticle::app {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr int kBacklog = 1024;
/// Out of file descriptors or memory: accepting again at once would spin.
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

void log_failure(std::string_view what, const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
        log_error(fmt::format("{} ended with an exception: {}", what, exception.what()));
    }
}

}  // namespace

HttpServer::HttpServer(asio::any_io_executor executor, HttpContext context)
    : executor_(executor), context_(std::move(context)), connections_(executor) {}

Result<HttpServer::Endpoint> HttpServer::listen(const Endpoint& endpoint) {
    auto acceptor = std::make_shared<Acceptor>(asio::make_strand(executor_));
    boost::system::error_code error;
    acceptor->open(endpoint.protocol(), error);
    if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
    if (!error && endpoint.address().is_v6()) acceptor->set_option(asio::ip::v6_only(true), error);
    if (!error) acceptor->bind(endpoint, error);
    if (!error) acceptor->listen(kBacklog, error);
    if (error) {
        return fail(Errc::unavailable,
                    fmt::format("cannot listen on {} port {}: {}", endpoint.address().to_string(),
                                endpoint.port(), error.message()));
    }
    const Endpoint bound = acceptor->local_endpoint();
    acceptors_.push_back(acceptor);
    asio::co_spawn(acceptor->get_executor(), accept_loop(acceptor),
                   [](const std::exception_ptr& failure) { log_failure("a listener", failure); });
    return bound;
}

asio::awaitable<void> HttpServer::accept_loop(std::shared_ptr<Acceptor> acceptor) {
    asio::steady_timer pause(acceptor->get_executor());
    while (acceptor->is_open()) {
        const auto strand = asio::make_strand(executor_);
        auto [error, socket] = co_await acceptor->async_accept(strand, kTuple);
        if (!error) {
            begin(std::move(socket));
        } else if (acceptor->is_open()) {
            log_warn("cannot accept a connection: " + error.message());
            pause.expires_after(kAcceptPause);
            co_await pause.async_wait(kTuple);
        }
    }
}

void HttpServer::begin(tcp::socket socket) {
    Metrics& metrics = context_.metrics;
    if (metrics.connections >= context_.limits.max_connections) {
        ++metrics.connections_refused;
        boost::system::error_code ignored;
        socket.non_blocking(true, ignored);
        socket.send(asio::buffer(kFull), 0, ignored);
        return;
    }
    ++metrics.connections_total;
    const auto executor = socket.get_executor();
    asio::co_spawn(executor, serve_connection(std::move(socket), context_, connections_),
                   [](const std::exception_ptr& failure) { log_failure("a connection", failure); });
}

void HttpServer::stop(std::function<void()> stopped) {
    for (const auto& acceptor : acceptors_) {
        asio::post(acceptor->get_executor(), [acceptor] {
            boost::system::error_code ignored;
            acceptor->close(ignored);
        });
    }
    connections_.stop_all(std::move(stopped));
}

}  // namespace reticle::app
