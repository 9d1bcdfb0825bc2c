#include "tests/probe/publish/fake_app.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket.hpp>

namespace reticle::probe {

namespace beast = boost::beast;
namespace wire = report::wire;
using tcp = boost::asio::ip::tcp;

// Blocking sockets, a thread each: a test's opponent should be easier to believe than what it tests.
struct FakeApp::Impl {
    Impl(Manner how, std::uint64_t seen_epoch, std::uint16_t port)
        : manner(how), epoch(seen_epoch), acceptor(io, {boost::asio::ip::address_v4::loopback(), port}) {
        accepting = std::thread([this] { accept(); });
    }

    ~Impl() {
        stopping = true;
        // Wakes the blocking calls; closing would pull the descriptors from under them.
        ::shutdown(acceptor.native_handle(), SHUT_RDWR);
        accepting.join();
        {
            const std::lock_guard lock(mutex);
            for (const int socket : sockets) ::shutdown(socket, SHUT_RDWR);
        }
        for (auto& thread : talking) thread.join();
    }

    void accept() {
        while (!stopping) {
            boost::system::error_code failed;
            tcp::socket socket(io);
            acceptor.accept(socket, failed);
            if (failed) return;
            const std::lock_guard lock(mutex);
            sockets.push_back(socket.native_handle());
            ++connections;
            talking.emplace_back([this, owned = std::move(socket)]() mutable { talk(std::move(owned)); });
        }
    }

    void talk(tcp::socket socket) {
        const int descriptor = socket.native_handle();
        beast::websocket::stream<tcp::socket> stream(std::move(socket));
        try {
            if (manner == Manner::no_websocket) {
                refuse_upgrade(stream.next_layer());
            } else {
                stream.binary(manner != Manner::text);
                stream.accept();
                while (!stopping && answer(stream)) {
                }
            }
        } catch (const boost::system::system_error&) {
            // The probe went away: nothing that an app would mind.
        }
        const std::lock_guard lock(mutex);
        sockets.remove(descriptor);
    }

    static void refuse_upgrade(tcp::socket& socket) {
        beast::flat_buffer buffer;
        beast::http::request<beast::http::empty_body> request;
        beast::http::read(socket, buffer, request);
        beast::http::response<beast::http::empty_body> response(beast::http::status::not_found, 11);
        response.prepare_payload();
        beast::http::write(socket, response);
    }

    /// Takes one message; false when it was the last.
    bool answer(beast::websocket::stream<tcp::socket>& stream) {
        beast::flat_buffer buffer;
        stream.read(buffer);
        const auto message = wire::decode(beast::buffers_to_string(buffer.data()));
        if (!message) return false;
        const auto reply = react(*message);
        if (!reply.empty()) stream.write(boost::asio::buffer(reply));
        return !std::holds_alternative<wire::Goodbye>(*message);
    }

    std::string react(const wire::Message& message) {
        const std::lock_guard lock(mutex);
        if (const auto* hello = std::get_if<wire::Hello>(&message)) {
            hellos.push_back(*hello);
            if (manner == Manner::no_welcome) return "";
            if (manner == Manner::garbage || manner == Manner::text) return "\xff\xffnonsense";
            if (manner == Manner::refuses_token) return wire::encode(wire::Goodbye{1, "wrong token", false});
            wire::Welcome welcome;
            welcome.epoch = std::max(hello->epoch, epoch);
            return wire::encode(welcome);
        }
        if (const auto* frame = std::get_if<wire::Frame>(&message)) {
            if (frame->full) state.end_absent(frame->report, frame->version);
            state.join(frame->report);
            full_frames += frame->full ? 1 : 0;
            if (manner == Manner::no_acks) return "";
            return wire::encode(wire::Ack{frame->epoch, frame->sequence, 0, false});
        }
        if (const auto* goodbye = std::get_if<wire::Goodbye>(&message)) goodbyes.push_back(*goodbye);
        return "";
    }

    const Manner manner;
    const std::uint64_t epoch;
    boost::asio::io_context io;
    tcp::acceptor acceptor;
    std::atomic<bool> stopping = false;
    std::thread accepting;
    std::list<std::thread> talking;  // of the accepting thread, until it is joined

    mutable std::mutex mutex;  // the test reads what the talking threads note
    std::list<int> sockets;
    report::Report state;
    std::vector<wire::Hello> hellos;
    std::vector<wire::Goodbye> goodbyes;
    int full_frames = 0;
    int connections = 0;
};

FakeApp::FakeApp(Manner manner, std::uint64_t epoch, std::uint16_t port)
    : impl_(std::make_unique<Impl>(manner, epoch, port)) {}
FakeApp::~FakeApp() = default;

std::uint16_t FakeApp::port() const {
    return impl_->acceptor.local_endpoint().port();
}
report::Report FakeApp::state() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->state;
}
std::vector<wire::Hello> FakeApp::hellos() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->hellos;
}
int FakeApp::full_frames() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->full_frames;
}
std::vector<wire::Goodbye> FakeApp::goodbyes() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->goodbyes;
}
int FakeApp::connections() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->connections;
}

}  // namespace reticle::probe
