#include <algorithm>
#include <cctype>
#include <memory>
#include <tuple>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/format.h>

#include "app/http/beast_errors.h"
#include "app/http/beast_websocket.h"
#include "app/http/gzip.h"
#include "app/http/http_server.h"
#include "report/base/log.h"

namespace reticle::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kWorthZipping = 1400;
constexpr std::size_t kSlowestReaderBytesPerSecond = std::size_t{32} << 10;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

Method to_method(http::verb verb) {
    switch (verb) {
        case http::verb::get:
            return Method::get;
        case http::verb::head:
            return Method::head;
        case http::verb::post:
            return Method::post;
        default:
            return Method::other;
    }
}

/// A request's line and headers as plain text; the body and the query are read later.
Request to_request(const http::request<http::string_body>& message, std::string peer) {
    Request request;
    request.method = to_method(message.method());
    const std::string_view target(message.target().data(), message.target().size());
    request.path = target.substr(0, target.find('?'));
    request.peer = std::move(peer);
    for (const auto& field : message) {
        const auto name = field.name_string();
        const auto value = field.value();
        request.headers.emplace_back(lower({name.data(), name.size()}),
                                     std::string(value.data(), value.size()));
    }
    return request;
}

/// An answer with the headers that every answer carries.
http::response<http::string_body> to_beast(Response response, bool keep_alive, unsigned version) {
    http::response<http::string_body> message;
    message.version(version);
    message.result(static_cast<unsigned>(response.status));
    message.keep_alive(keep_alive);
    message.set(http::field::server, "reticle-app/" RETICLE_VERSION);
    if (response.status != 304 && !response.content_type.empty()) {
        message.set(http::field::content_type, response.content_type);
    }
    if (response.zipped) message.set(http::field::content_encoding, "gzip");
    message.set("X-Content-Type-Options", "nosniff");
    message.set("X-Frame-Options", "DENY");
    message.set("Referrer-Policy", "no-referrer");
    message.set("Cross-Origin-Resource-Policy", "same-origin");
    message.set("Cross-Origin-Opener-Policy", "same-origin");
    message.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    message.set(http::field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers) message.set(name, value);
    message.body() = std::move(response.body);
    message.prepare_payload();
    return message;
}

// Everywhere below: a coroutine is made first and awaited in a statement of its own. Owning temporaries in
// the arguments of a co_await are destroyed twice by g++ 12 (docs/developing.md).

/// One request and what came of it.
struct Exchange {
    std::shared_ptr<Request> request;
    Response response;
    bool keep_alive = false;
    bool quiet = false;                             ///< its log line is for debugging only
    std::chrono::steady_clock::time_point started;  ///< when its headers were read
};

/// One connection: requests one after the other, or one WebSocket.
class HttpConnection {
  public:
    HttpConnection(tcp::socket socket, HttpContext& context);

    asio::awaitable<void> serve();
    /// The server stops: finish what is being answered, then end.
    void stop();
    [[nodiscard]] asio::any_io_executor executor() { return executor_; }

  private:
    using Parser = http::request_parser<http::string_body>;

    asio::awaitable<bool> exchange(Exchange& exchange);
    asio::awaitable<bool> read_header(Parser& parser, Exchange& exchange);
    asio::awaitable<bool> read_body(Parser& parser, const RouteOptions& options, Exchange& exchange);
    [[nodiscard]] Result<Router::Found> admit(const Request& request, std::size_t hosts) const;
    asio::awaitable<Response> answer(std::shared_ptr<const Request> request, const Route& route);
    asio::awaitable<void> talk(std::shared_ptr<const Request> request, const Route& route);
    asio::awaitable<std::size_t> write(const Request& request, Response response, bool keep_alive);
    void log_access(const Request& request, int status, std::size_t bytes,
                    std::chrono::steady_clock::time_point started, bool quiet) const;

    HttpContext& context_;
    Gauge open_;
    beast::tcp_stream stream_;
    asio::any_io_executor executor_;
    std::string peer_;
    std::string local_address_;
    beast::flat_buffer buffer_;
    std::shared_ptr<WebSocket> socket_;
    bool idle_ = true;  ///< between two requests: a stop need not wait
    bool stopping_ = false;
    bool failed_ = false;  ///< nothing more can be said to the client
};

HttpConnection::HttpConnection(tcp::socket socket, HttpContext& context)
    : context_(context),
      open_(context.metrics.connections),
      stream_(std::move(socket)),
      executor_(stream_.get_executor()) {
    boost::system::error_code ignored;
    const auto remote = stream_.socket().remote_endpoint(ignored);
    const auto local = stream_.socket().local_endpoint(ignored);
    peer_ = fmt::format("{}:{}", remote.address().to_string(), remote.port());
    local_address_ = local.address().to_string();
    stream_.socket().set_option(tcp::no_delay(true), ignored);
}

asio::awaitable<void> HttpConnection::serve() {
    bool more = true;
    while (more && !stopping_) {
        Exchange one;
        if (!co_await exchange(one)) break;
        const int status = one.response.status;
        more = one.keep_alive && !stopping_;
        auto writing = write(*one.request, std::move(one.response), more);
        const std::size_t bytes = co_await std::move(writing);
        log_access(*one.request, status, bytes, one.started, one.quiet);
        more = more && !failed_;
    }
    boost::system::error_code ignored;
    if (!socket_) stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
}

void HttpConnection::stop() {
    stopping_ = true;
    if (socket_) {
        socket_->stop();
    } else if (idle_) {
        stream_.close();
    }
}

/// Reads one request and finds its answer; false when there is nothing (more) to answer.
asio::awaitable<bool> HttpConnection::exchange(Exchange& exchange) {
    Parser parser;
    const bool readable = co_await read_header(parser, exchange);
    if (failed_ || !readable) co_return !failed_;
    auto found = admit(*exchange.request, parser.get().count(http::field::host));
    if (!found) {
        if (found.error().code == Errc::denied) ++context_.metrics.refused_host;
        exchange.response = routing_error(found.error());
        co_return true;
    }
    const Route& route = *found->route;
    exchange.quiet = route.options.quiet;
    exchange.request->parameters = std::move(found->parameters);
    const bool complete = co_await read_body(parser, route.options, exchange);
    if (failed_ || !complete) co_return !failed_;
    exchange.keep_alive = parser.keep_alive();
    if (!route.websocket()) {
        auto answering = answer(exchange.request, route);
        exchange.response = co_await std::move(answering);
        co_return true;
    }
    if (beast::websocket::is_upgrade(parser.get()) && buffer_.size() == 0) {
        auto talking = talk(exchange.request, route);
        co_await std::move(talking);
        co_return false;
    }
    exchange.response = error_response(426, "upgrade_required", "this address speaks WebSocket only");
    exchange.response.headers.emplace_back("Upgrade", "websocket");
    co_return true;
}

/// True when the headers are there; else the exchange holds what to answer, or the connection failed.
asio::awaitable<bool> HttpConnection::read_header(Parser& parser, Exchange& exchange) {
    parser.header_limit(static_cast<std::uint32_t>(context_.limits.max_header_bytes));
    parser.body_limit(context_.limits.max_body_bytes);
    idle_ = true;
    stream_.expires_after(context_.limits.header_timeout);
    const auto [error, count] = co_await http::async_read_header(stream_, buffer_, parser, kTuple);
    idle_ = false;
    exchange.started = std::chrono::steady_clock::now();
    context_.metrics.bytes_received += count;
    exchange.request = std::make_shared<Request>(to_request(parser.get(), peer_));
    if (!error) co_return true;
    if (error == beast::error::timeout && buffer_.size() > 0) ++context_.metrics.dropped_slow;
    exchange.response = reading_error(error);
    failed_ = exchange.response.status == 0;
    co_return false;
}

/// True when body and query are read; else the exchange holds what to answer, or the connection failed.
asio::awaitable<bool> HttpConnection::read_body(Parser& parser, const RouteOptions& options,
                                                Exchange& exchange) {
    const std::size_t limit = std::min(options.max_body_bytes, context_.limits.max_body_bytes);
    exchange.response = error_response(
        413, "too_large", fmt::format("the body is larger than the {} bytes this address takes", limit));
    if (parser.content_length().value_or(0) > limit) co_return false;
    parser.body_limit(limit);
    stream_.expires_after(context_.limits.body_timeout);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        const auto [error, count] = co_await asio::async_write(stream_, asio::buffer(kContinue), kTuple);
        failed_ = static_cast<bool>(error);
        if (failed_) co_return false;
    }
    const auto [error, count] = co_await http::async_read(stream_, buffer_, parser, kTuple);
    context_.metrics.bytes_received += count;
    if (error) {
        if (error == beast::error::timeout) ++context_.metrics.dropped_slow;
        if (error != http::error::body_limit) exchange.response = reading_error(error);
        failed_ = exchange.response.status == 0;
        co_return false;
    }
    Request& request = *exchange.request;
    const auto target = parser.get().target();
    const std::size_t mark = target.find('?');
    const auto raw = mark == target.npos ? target.substr(target.size()) : target.substr(mark + 1);
    auto query = parse_query({raw.data(), raw.size()});
    request.body = std::move(parser.get().body());
    const std::string_view encoding = request.header("content-encoding").value_or("identity");
    Result<void> plain;
    if (encoding == "gzip") {
        auto unzipped = gunzip(request.body, limit);
        if (!unzipped) plain = unzipped.error();
        if (unzipped) request.body = std::move(*unzipped);
    } else if (encoding != "identity") {
        plain = fail(Errc::unsupported,
                     fmt::format("content encoding '{}' is not understood; use gzip", encoding));
    }
    if (query) request.query = std::move(*query);
    if (!query) exchange.response = error_response(query.error());
    if (!plain) exchange.response = error_response(plain.error());
    co_return query&& plain;
}

/// The route of a request that may pass: known path, our name in Host, and no foreign page behind it.
Result<Router::Found> HttpConnection::admit(const Request& request, std::size_t hosts) const {
    auto found = context_.router.find(request.method, request.path);
    if (hosts > 1) return fail(Errc::invalid, "the request has several Host headers");
    if (!found || !(*found).route->options.any_host) {
        const auto host = context_.origins.check_host(request, local_address_);
        if (!host) return host.error();
    }
    if (!found) return found;
    const Route& route = *found->route;
    if (route.options.no_origin && request.header("origin")) {
        return fail(Errc::denied, "this address is for probes, not for pages");
    }
    if (request.method == Method::post || route.websocket()) {
        const auto origin = context_.origins.check_origin(request);
        if (!origin) return origin.error();
    }
    return found;
}

asio::awaitable<Response> HttpConnection::answer(std::shared_ptr<const Request> request, const Route& route) {
    if (const auto* handler = std::get_if<AsyncHandler>(&route.handler)) {
        auto handling = (*handler)(std::move(request));
        co_return co_await std::move(handling);
    }
    const auto& handler = std::get<StrandHandler>(route.handler);
    auto work = [&handler, request](LiveState& state) {
        try {
            return handler(*request, state);
        } catch (const std::exception& exception) {
            log_error(fmt::format("{} failed: {}", request->path, exception.what()));
            return error_response(500, "internal", "this is a bug of the server; its log says more");
        }
    };
    auto running = context_.live.run(std::move(work));
    co_return co_await std::move(running);
}

asio::awaitable<void> HttpConnection::talk(std::shared_ptr<const Request> request, const Route& route) {
    const auto started = std::chrono::steady_clock::now();
    WebSocketLimits limits = route.options.socket;
    limits.write_timeout = context_.limits.write_timeout;
    auto accepting = accept_websocket(stream_.release_socket(), request, limits, context_.metrics);
    auto accepted = co_await std::move(accepting);
    if (!accepted) {
        log_debug(peer_ + ": " + accepted.error().message);
        co_return;
    }
    socket_ = *accepted;
    log_access(*request, 101, 0, started, route.options.quiet);
    if (stopping_) socket_->stop();
    auto talking = std::get<SocketHandler>(route.handler)(request, socket_);
    co_await std::move(talking);
    socket_->close(close_code::kNormal, "");
    co_await socket_->closed();
    log_debug(fmt::format("{} {} closed", peer_, request->path));
}

asio::awaitable<std::size_t> HttpConnection::write(const Request& request, Response response,
                                                   bool keep_alive) {
    const auto kind = static_cast<std::size_t>(response.status / 100 - 1);
    if (kind < context_.metrics.answers.size()) ++context_.metrics.answers[kind];
    if (!response.zipped && response.body.size() >= kWorthZipping &&
        accepts_gzip(request.header("accept-encoding").value_or(""))) {
        response.body = gzip(response.body);
        response.zipped = true;
        response.headers.emplace_back("Vary", "Accept-Encoding");
    }
    auto message = to_beast(std::move(response), keep_alive, 11);
    const auto patience = context_.limits.write_timeout +
                          std::chrono::seconds(message.body().size() / kSlowestReaderBytesPerSecond);
    stream_.expires_after(patience);
    http::response_serializer<http::string_body> serializer(message);
    boost::system::error_code error;
    std::size_t count = 0;
    if (request.method == Method::head) {
        std::tie(error, count) = co_await http::async_write_header(stream_, serializer, kTuple);
    } else {
        std::tie(error, count) = co_await http::async_write(stream_, serializer, kTuple);
    }
    context_.metrics.bytes_sent += count;
    if (error == beast::error::timeout) ++context_.metrics.dropped_slow;
    failed_ = static_cast<bool>(error);
    co_return count;
}

void HttpConnection::log_access(const Request& request, int status, std::size_t bytes,
                                std::chrono::steady_clock::time_point started, bool quiet) const {
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - started;
    const std::string line = fmt::format("{} {} {} {} B {:.1f} ms {}", method_name(request.method),
                                         request.path, status, bytes, took.count(), peer_);
    quiet ? log_debug(line) : log_info(line);
}

}  // namespace

asio::awaitable<void> serve_connection(tcp::socket socket, HttpContext& context, Connections& connections) {
    auto connection = std::make_shared<HttpConnection>(std::move(socket), context);
    const std::uint64_t id =
        connections.add([weak = std::weak_ptr(connection), executor = connection->executor()] {
            asio::post(executor, [weak] {
                if (const auto alive = weak.lock()) alive->stop();
            });
        });
    co_await connection->serve();
    connections.remove(id);
}

}  // namespace reticle::app
