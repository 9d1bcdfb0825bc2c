#include "report/base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace reticle {
namespace {

/// `%*`: the message as the inside of a JSON string, since a log line may quote what an attacker named.
class JsonText final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        for (const char c : message.payload) append(c, out);
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<JsonText>();
    }

  private:
    static void append(char c, spdlog::memory_buf_t& out) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (byte < 0x20) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
        } else {
            out.push_back(c);
        }
    }
};

}  // namespace

Result<void> init_logging(std::string_view program, std::string_view level, LogFormat format) {
    const auto parsed = spdlog::level::from_str(std::string(level));
    if (parsed == spdlog::level::off && level != "off") {
        return fail(Errc::invalid, "log level '" + std::string(level) +
                                       "' is unknown: use trace, debug, info, warn, error or off");
    }
    auto logger = std::make_shared<spdlog::logger>(std::string(program),
                                                   std::make_shared<spdlog::sinks::stderr_sink_mt>());
    if (format == LogFormat::json) {
        auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
        formatter->add_flag<JsonText>('*').set_pattern(
            R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","program":"%n","message":"%*"})");
        logger->set_formatter(std::move(formatter));
    } else {
        logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %n: %v", spdlog::pattern_time_type::utc);
    }
    logger->set_level(parsed);
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
    return {};
}

void log_debug(std::string_view message) {
    spdlog::debug("{}", message);
}
void log_info(std::string_view message) {
    spdlog::info("{}", message);
}
void log_warn(std::string_view message) {
    spdlog::warn("{}", message);
}
void log_error(std::string_view message) {
    spdlog::error("{}", message);
}

}  // namespace reticle
