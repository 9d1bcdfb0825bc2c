#include "app/http/connections.h"

#include <utility>

#include <boost/asio/post.hpp>

namespace reticle::app {

Connections::Connections(boost::asio::any_io_executor executor)
    : strand_(boost::asio::make_strand(std::move(executor))) {}

std::uint64_t Connections::add(std::function<void()> stop) {
    const std::uint64_t id = ++last_id_;
    boost::asio::post(strand_, [this, id, stop = std::move(stop)]() mutable {
        if (stopping_) stop();
        open_.emplace(id, std::move(stop));
    });
    return id;
}

void Connections::remove(std::uint64_t id) {
    boost::asio::post(strand_, [this, id] {
        open_.erase(id);
        finish_if_empty();
    });
}

void Connections::stop_all(std::function<void()> stopped) {
    boost::asio::post(strand_, [this, stopped = std::move(stopped)]() mutable {
        stopping_ = true;
        stopped_ = std::move(stopped);
        for (const auto& [id, stop] : open_) stop();
        finish_if_empty();
    });
}

void Connections::finish_if_empty() {
    if (!stopping_ || !open_.empty() || !stopped_) return;
    std::exchange(stopped_, nullptr)();
}

}  // namespace reticle::app
