#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace reticle::test {

int WsFrame::close_code() const {
    if (opcode != 8 || payload.size() < 2) return 0;
    return static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
}

std::string WsFrame::close_reason() const {
    return payload.size() < 2 ? std::string() : payload.substr(2);
}

RawClient::RawClient(std::uint16_t port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

RawClient::~RawClient() {
    if (fd_ >= 0) ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool RawClient::request(std::string_view method, std::string_view target, std::string_view headers,
                        std::string_view body) {
    std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
    text += headers;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return send(text + "\r\n" + std::string(body));
}

HttpAnswer RawClient::answer(bool head) {
    HttpAnswer answer;
    const auto status = take_line();
    if (!status || status->size() < 12) return answer;
    answer.status = std::atoi(status->c_str() + 9);
    for (auto line = take_line(); line && !line->empty(); line = take_line()) {
        const std::size_t colon = line->find(':');
        std::string name = line->substr(0, colon);
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
        answer.headers[name] = line->substr(line->find_first_not_of(' ', colon + 1));
    }
    const auto length = answer.headers.find("content-length");
    if (head || length == answer.headers.end()) return answer;
    answer.body = take(std::strtoull(length->second.c_str(), nullptr, 10)).value_or("");
    return answer;
}

HttpAnswer RawClient::get(std::string_view target, std::string_view headers) {
    request("GET", target, headers);
    return answer();
}

HttpAnswer RawClient::post(std::string_view target, std::string_view body, std::string_view headers) {
    request("POST", target, headers, body);
    return answer();
}

HttpAnswer RawClient::upgrade(std::string_view target, std::string_view headers) {
    request("GET", target,
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                std::string(headers));
    return answer();
}

bool RawClient::send_frame(int opcode, std::string_view payload) {
    std::string frame(1, static_cast<char>(0x80 | opcode));
    if (payload.size() < 126) {
        frame.push_back(static_cast<char>(0x80 | payload.size()));
    } else {
        const int bytes = payload.size() < 65536 ? 2 : 8;
        frame.push_back(static_cast<char>(0x80 | (bytes == 2 ? 126 : 127)));
        for (int i = bytes - 1; i >= 0; --i) frame.push_back(static_cast<char>(payload.size() >> (8 * i)));
    }
    frame.append(4, '\0');  // a mask of zeros leaves the payload as it is
    return send(frame + std::string(payload));
}

WsFrame RawClient::frame() {
    while (true) {
        WsFrame frame;
        const auto head = take(2);
        if (!head) return frame;
        std::uint64_t length = static_cast<unsigned char>((*head)[1]) & 0x7F;
        if (length >= 126) {
            const auto extended = take(length == 126 ? 2 : 8);
            if (!extended) return frame;
            length = 0;
            for (const char c : *extended) length = length << 8 | static_cast<unsigned char>(c);
        }
        const auto payload = take(length);
        if (!payload) return frame;
        frame.opcode = static_cast<unsigned char>((*head)[0]) & 0x0F;
        frame.payload = *payload;
        if (frame.opcode != 9) return frame;
        send_frame(10, frame.payload);
    }
}

WsFrame RawClient::closing_frame() {
    WsFrame last = frame();
    while (last.opcode != 8 && last.opcode != -1) last = frame();
    return last;
}

bool RawClient::ended() {
    while (fill()) buffer_.clear();
    pollfd poll{fd_, POLLIN, 0};
    return ::poll(&poll, 1, 0) == 1;  // readable, yet nothing could be read: the end
}

bool RawClient::fill() {
    pollfd poll{fd_, POLLIN, 0};
    if (::poll(&poll, 1, static_cast<int>(limit_.count())) != 1) return false;
    std::array<char, 65536> chunk;
    const ssize_t count = ::recv(fd_, chunk.data(), chunk.size(), 0);
    if (count <= 0) return false;
    buffer_.append(chunk.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<std::string> RawClient::take(std::size_t count) {
    while (buffer_.size() < count) {
        if (!fill()) return std::nullopt;
    }
    std::string bytes = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return bytes;
}

std::optional<std::string> RawClient::take_line() {
    std::size_t end = buffer_.find("\r\n");
    while (end == std::string::npos) {
        if (!fill()) return std::nullopt;
        end = buffer_.find("\r\n");
    }
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return line;
}

}  // namespace reticle::test
