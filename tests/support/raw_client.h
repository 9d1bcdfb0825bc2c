#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace reticle::test {

/// An HTTP answer as it came.
struct HttpAnswer {
    int status = 0;                              ///< 0: the connection ended without an answer
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
};

/// One WebSocket frame as it came.
struct WsFrame {
    int opcode = -1;  ///< 1 text, 2 binary, 8 close, 9 ping, 10 pong; -1: the connection ended
    std::string payload;
    /// Of a close frame.
    [[nodiscard]] int close_code() const;
    [[nodiscard]] std::string close_reason() const;
};

/// A plain TCP client on loopback that can say anything, right or wrong. Reads end after a deadline.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    /// Sends all bytes; false when the other side is gone.
    bool send(std::string_view bytes);
    /// A well-formed request with Host; `headers` are whole lines with "\r\n".
    bool request(std::string_view method, std::string_view target, std::string_view headers = "",
                 std::string_view body = "");
    HttpAnswer answer(bool head = false);
    /// request, then answer.
    HttpAnswer get(std::string_view target, std::string_view headers = "");
    HttpAnswer post(std::string_view target, std::string_view body,
                    std::string_view headers = "Content-Type: application/json\r\n");

    /// Upgrades; the answer's status is 101 when that worked.
    HttpAnswer upgrade(std::string_view target, std::string_view headers = "");
    /// Sends one whole masked frame.
    bool send_frame(int opcode, std::string_view payload);
    bool send_text(std::string_view payload) { return send_frame(1, payload); }
    bool send_binary(std::string_view payload) { return send_frame(2, payload); }
    /// The next frame that is not a ping (those are answered).
    WsFrame frame();
    /// Reads frames until the close frame or the end.
    WsFrame closing_frame();

    /// Whether the other side ends the connection within the deadline.
    bool ended();
    /// How long reads wait.
    void deadline(std::chrono::milliseconds limit) { limit_ = limit; }
    [[nodiscard]] int descriptor() const { return fd_; }

  private:
    bool fill();
    std::optional<std::string> take(std::size_t count);
    std::optional<std::string> take_line();

    int fd_ = -1;
    std::string buffer_;
    std::chrono::milliseconds limit_{10'000};
};

}  // namespace reticle::test
