// reticle-bench-simulator: a fleet of hosts on real WebSockets, and one viewer, against a running
// reticle-app. Measures from outside, with the app's own CPU clock: cold start, changes a second per core,
// memory per host, CPU per frame while a viewer watches, and the time from a probe's frame to the viewer's
// delta. Prints one JSON object.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/program_options.hpp>
#include <fmt/format.h>

#include "report/wire/codec.h"
#include "tests/bench/app/fleet.h"

namespace reticle::bench {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = report::wire;
using Clock = std::chrono::steady_clock;
using Socket = beast::websocket::stream<asio::ip::tcp::socket>;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The app as the kernel accounts for it.
class Measured {
  public:
    explicit Measured(int pid) : pid_(pid) {}
    [[nodiscard]] double cpu_seconds() const {
        std::ifstream file(fmt::format("/proc/{}/stat", pid_));
        std::string text((std::istreambuf_iterator<char>(file)), {});
        std::istringstream fields(text.substr(text.rfind(')') + 2));
        std::string skipped;
        for (int i = 0; i < 11; ++i) fields >> skipped;
        double user = 0;
        double system = 0;
        fields >> user >> system;
        return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    [[nodiscard]] double rss_mib() const {
        std::ifstream file(fmt::format("/proc/{}/status", pid_));
        for (std::string line; std::getline(file, line);) {
            if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
        }
        return 0;
    }

  private:
    int pid_;
};

std::unique_ptr<Socket> dial(asio::io_context& io, const std::string& host, const std::string& port,
                             const char* path) {
    auto socket = std::make_unique<Socket>(io);
    asio::ip::tcp::resolver resolver(io);
    asio::connect(socket->next_layer(), resolver.resolve(host, port));
    socket->next_layer().set_option(asio::ip::tcp::no_delay(true));
    socket->read_message_max(64 << 20);
    socket->handshake(host + ":" + port, path);
    return socket;
}

/// A probe as the app sees it: hello, then frames, each acknowledged.
class Session {
  public:
    Session(asio::io_context& io, const std::string& host, const std::string& port, SimulatedHost simulated)
        : host_(std::move(simulated)), socket_(dial(io, host, port, "/api/v1/probe")) {
        socket_->binary(true);
        wire::Hello hello;
        hello.version = "bench";
        hello.host_id = hello.host_name = host_.id();
        hello.boot_id = "5e1f0b07-0000-0000-0000-000000000000";
        hello.instance_id = host_.id();
        hello.epoch = 1'700'000'000;
        socket_->write(asio::buffer(wire::encode(hello)));
        const auto welcome = receive();
        if (const auto* accepted = std::get_if<wire::Welcome>(&welcome)) {
            epoch_ = accepted->epoch;
        } else {
            throw std::runtime_error("the app did not welcome " + host_.id());
        }
    }

    /// Sends everything; the number of facts.
    std::size_t send_full() { return send(host_.full(next()), true); }
    std::size_t send_churn() { return send(host_.churn(next()), false); }
    std::size_t send_newcomer(const std::string& name) { return send(host_.newcomer(next(), name), false); }
    void wait_ack() { receive(); }

  private:
    report::Version next() { return {epoch_, ++tick_}; }

    std::size_t send(report::Report report, bool full) {
        wire::Frame frame;
        frame.epoch = epoch_;
        frame.sequence = ++sequence_;
        frame.full = full;
        frame.version = {epoch_, tick_};
        const std::size_t facts = report.size();
        frame.report = std::move(report);
        socket_->write(asio::buffer(wire::encode(frame)));
        return facts;
    }

    wire::Message receive() {
        beast::flat_buffer buffer;
        socket_->read(buffer);
        auto message = wire::decode(beast::buffers_to_string(buffer.data()));
        if (!message) throw std::runtime_error(message.error().message);
        if (const auto* goodbye = std::get_if<wire::Goodbye>(&*message))
            throw std::runtime_error(goodbye->reason);
        return std::move(*message);
    }

    SimulatedHost host_;
    std::unique_ptr<Socket> socket_;
    std::uint64_t epoch_ = 0;
    std::uint64_t tick_ = 0;
    std::uint64_t sequence_ = 0;
};

/// A browser as the app sees it: one subscription, everything read, a text waited for.
class Viewer {
  public:
    Viewer(const std::string& host, const std::string& port)
        : socket_(dial(io_, host, port, "/api/v1/stream")) {
        socket_->write(asio::buffer(std::string(
            R"({"type":"subscribe","sub":1,"view":"processes","options":{"unconnected":"hide"}})")));
        reader_ = std::thread([this] { read(); });
    }
    ~Viewer() {
        stopping_ = true;
        boost::system::error_code ignored;
        socket_->next_layer().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
        reader_.join();
    }
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;

    /// When a message held the text; within ten seconds, else the epoch.
    Clock::time_point wait_for(const std::string& text) {
        expect(text);
        return wait_expected();
    }
    void expect(const std::string& text) {
        const std::lock_guard lock(mutex_);
        wanted_ = text;
        seen_ = {};
    }
    Clock::time_point wait_expected() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(10), [this] { return seen_ != Clock::time_point{}; });
        return seen_;
    }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  private:
    void read() {
        try {
            for (beast::flat_buffer buffer; !stopping_; buffer.clear()) {
                socket_->read(buffer);
                const auto arrived = Clock::now();
                const std::string text = beast::buffers_to_string(buffer.data());
                bytes_ += text.size();
                const std::lock_guard lock(mutex_);
                if (wanted_.empty() || seen_ != Clock::time_point{} ||
                    text.find(wanted_) == std::string::npos)
                    continue;
                seen_ = arrived;
                changed_.notify_all();
            }
        } catch (const std::exception&) {
            if (!stopping_) std::fputs("the viewer was disconnected\n", stderr);
        }
    }

    asio::io_context io_;
    std::unique_ptr<Socket> socket_;
    std::thread reader_;
    std::mutex mutex_;  // guards the two below, which the reader and the measuring thread share
    std::string wanted_;
    Clock::time_point seen_;
    std::condition_variable changed_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<bool> stopping_{false};
};

struct Options {
    std::string host = "127.0.0.1", port;
    int pid = 0;
    FleetShape shape;
    double seconds = 10;
};

class Bench {
  public:
    explicit Bench(const Options& options) : options_(options), app_(options.pid) {}

    void run() {
        cold_start();
        Viewer viewer(options_.host, options_.port);
        viewer.wait_for("\"type\":\"delta\"");
        churn();
        latency(viewer);
        print(viewer);
    }

  private:
    void cold_start() {
        rss_before_ = app_.rss_mib();
        const double cpu = app_.cpu_seconds();
        const auto start = Clock::now();
        for (std::uint32_t i = 0; i < options_.shape.hosts; ++i) {
            sessions_.push_back(std::make_unique<Session>(io_, options_.host, options_.port,
                                                          SimulatedHost(options_.shape, i)));
            cold_facts_ += sessions_.back()->send_full();
        }
        for (const auto& session : sessions_) session->wait_ack();
        cold_wall_ = seconds_since(start);
        cold_cpu_ = app_.cpu_seconds() - cpu;
        rss_after_ = app_.rss_mib();
    }

    void churn() {
        const double cpu = app_.cpu_seconds();
        const auto start = Clock::now();
        std::size_t next = 0;
        while (seconds_since(start) < options_.seconds) {
            const std::size_t batch = std::min<std::size_t>(sessions_.size(), 32);
            for (std::size_t i = 0; i < batch; ++i)
                facts_ += sessions_[(next + i) % sessions_.size()]->send_churn();
            for (std::size_t i = 0; i < batch; ++i) sessions_[(next + i) % sessions_.size()]->wait_ack();
            next += batch;
            frames_ += batch;
        }
        churn_wall_ = seconds_since(start);
        churn_cpu_ = app_.cpu_seconds() - cpu;
    }

    void latency(Viewer& viewer) {
        for (int i = 0; i < 50; ++i) {
            const std::string name = "marker-" + std::to_string(i) + "-process";
            viewer.expect(name);
            Session& session = *sessions_[static_cast<std::size_t>(i) * 7919 % sessions_.size()];
            const auto sent = Clock::now();
            session.send_newcomer(name);
            session.wait_ack();
            const auto seen = viewer.wait_expected();
            if (seen == Clock::time_point{}) {
                ++unseen_;
            } else {
                latencies_.push_back(std::chrono::duration<double, std::milli>(seen - sent).count());
            }
        }
        std::sort(latencies_.begin(), latencies_.end());
    }

    [[nodiscard]] double percentile(double share) const {
        return latencies_.empty()
                   ? -1
                   : latencies_[static_cast<std::size_t>(share * static_cast<double>(latencies_.size() - 1))];
    }

    void print(const Viewer& viewer) const {
        fmt::print(
            R"({{"hosts": {}, "processes": {}, "flows_per_process": {}, "cold_facts": {}, "cold_wall_s": {:.3f}, )"
            R"("cold_cpu_s": {:.3f}, "rss_mib": {:.1f}, "kib_per_host": {:.1f}, "churn_frames": {}, "churn_facts": {}, )"
            R"("facts_per_cpu_second": {:.0f}, "facts_per_second": {:.0f}, "cpu_us_per_frame": {:.1f}, )"
            R"("cpu_us_per_fact": {:.2f}, "frame_to_delta_p50_ms": {:.1f}, "frame_to_delta_p99_ms": {:.1f}, )"
            R"("unseen": {}, "viewer_bytes": {}}})"
            "\n",
            options_.shape.hosts, options_.shape.processes, options_.shape.flows, cold_facts_, cold_wall_,
            cold_cpu_, rss_after_, (rss_after_ - rss_before_) * 1024 / options_.shape.hosts, frames_, facts_,
            static_cast<double>(facts_) / churn_cpu_, static_cast<double>(facts_) / churn_wall_,
            churn_cpu_ * 1e6 / static_cast<double>(frames_), churn_cpu_ * 1e6 / static_cast<double>(facts_),
            percentile(0.5), percentile(0.99), unseen_, viewer.bytes());
    }

    const Options& options_;
    Measured app_;
    asio::io_context io_;
    std::vector<std::unique_ptr<Session>> sessions_;
    std::size_t cold_facts_ = 0, facts_ = 0, frames_ = 0, unseen_ = 0;
    double cold_wall_ = 0, cold_cpu_ = 0, churn_wall_ = 0, churn_cpu_ = 0, rss_before_ = 0, rss_after_ = 0;
    std::vector<double> latencies_;
};

}  // namespace
}  // namespace reticle::bench

int main(int argc, char** argv) {
    namespace po = boost::program_options;
    reticle::bench::Options options;
    po::options_description described(
        "reticle-bench-simulator: a simulated fleet against a running reticle-app");
    described.add_options()("help", "this text")("port", po::value(&options.port)->required(),
                                                 "the app's port")(
        "pid", po::value(&options.pid)->required(), "the app's process, for its CPU and memory")(
        "hosts", po::value(&options.shape.hosts)->default_value(10), "hosts")(
        "processes", po::value(&options.shape.processes)->default_value(100), "processes per host")(
        "flows", po::value(&options.shape.flows)->default_value(2), "flows per process")(
        "seconds", po::value(&options.seconds)->default_value(10), "length of the churn phase");
    try {
        po::variables_map values;
        po::store(po::parse_command_line(argc, argv, described), values);
        if (values.contains("help")) {
            std::ostringstream text;
            text << described;
            std::fputs(text.str().c_str(), stdout);
            return 0;
        }
        po::notify(values);
    } catch (const po::error& error) {
        std::fprintf(stderr, "reticle-bench-simulator: %s\n", error.what());
        return 2;
    }
    try {
        reticle::bench::Bench(options).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "reticle-bench-simulator: %s\n", error.what());
        return 1;
    }
    return 0;
}
