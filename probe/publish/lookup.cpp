#include "probe/publish/lookup.h"

#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probe/os/fd.h"

namespace reticle::probe {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// What the asking thread and the loop share; whoever leaves last frees it.
struct Question {
    std::string host;
    std::uint16_t port = 0;
    os::Fd answered;  // eventfd: rises when `error` and `endpoints` are final
    int error = 0;    // of getaddrinfo
    std::vector<tcp::endpoint> endpoints;
    // Hands the two above from thread to loop; the eventfd wakes, but orders memory only by the kernel's
    // grace.
    std::atomic<bool> settled = false;
};

void ask(Question& question) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    question.error = getaddrinfo(question.host.c_str(), nullptr, &hints, &list);
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        tcp::endpoint endpoint;
        if (entry->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
        endpoint.resize(entry->ai_addrlen);
        endpoint.port(question.port);
        question.endpoints.push_back(endpoint);
    }
    if (list != nullptr) freeaddrinfo(list);
    question.settled.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    // Cannot fail: the counter of an eventfd that is written once does not overflow.
    [[maybe_unused]] const auto written = write(question.answered.get(), &one, sizeof one);
}

Error cannot_look_up(const std::string& host, std::string_view why) {
    return fail(Errc::unavailable, "cannot look up '" + host + "': " + std::string(why));
}

}  // namespace

asio::awaitable<Result<std::vector<tcp::endpoint>>> look_up(std::string host, std::uint16_t port) {
    boost::system::error_code not_numeric;
    const auto address = asio::ip::make_address(host, not_numeric);
    if (!not_numeric) co_return std::vector<tcp::endpoint>{tcp::endpoint(address, port)};

    auto question = std::make_shared<Question>();
    question->host = host;
    question->port = port;
    question->answered = os::Fd(eventfd(0, EFD_CLOEXEC));
    const int watched = question->answered.get() < 0 ? -1 : dup(question->answered.get());
    if (watched < 0) co_return cannot_look_up(host, std::strerror(errno));
    asio::posix::stream_descriptor descriptor(co_await asio::this_coro::executor, watched);
    try {
        std::thread([question] { ask(*question); }).detach();
    } catch (const std::system_error& error) {
        co_return cannot_look_up(host, error.what());
    }
    const auto [failed] = co_await descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                                         asio::as_tuple(asio::use_awaitable));
    if (failed) co_return cannot_look_up(host, failed.message());
    if (!question->settled.load(std::memory_order_acquire))
        co_return cannot_look_up(host, "the lookup was cut short");
    if (question->error != 0) co_return cannot_look_up(host, gai_strerror(question->error));
    if (question->endpoints.empty()) co_return cannot_look_up(host, "it has no address");
    co_return std::move(question->endpoints);
}

}  // namespace reticle::probe
