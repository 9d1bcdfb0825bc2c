#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>

namespace reticle::app {

/// The connections that are open, so that a stop reaches each of them. Callable from any thread.
class Connections {
  public:
    explicit Connections(boost::asio::any_io_executor executor);

    /// Registers a connection; `stop` asks it to end and may be called from another thread. After stop_all it
    /// is called at once.
    std::uint64_t add(std::function<void()> stop);
    /// The connection has ended.
    void remove(std::uint64_t id);
    /// Asks every connection to end; `stopped` is called once none is left.
    void stop_all(std::function<void()> stopped);

  private:
    void finish_if_empty();

    boost::asio::strand<boost::asio::any_io_executor> strand_;
    std::atomic<std::uint64_t> last_id_{0};
    std::map<std::uint64_t, std::function<void()>> open_;  ///< on the strand
    std::function<void()> stopped_;                        ///< on the strand
    bool stopping_ = false;                                ///< on the strand
};

}  // namespace reticle::app
