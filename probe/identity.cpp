#include "probe/identity.h"

#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <optional>
#include <random>

#include "report/base/log.h"

namespace reticle::probe {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kHexDigits = 16;

std::string hex(const unsigned char* bytes, std::size_t digits) {
    constexpr std::string_view kAlphabet = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < digits; ++i) text += kAlphabet[(bytes[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xf];
    return text;
}

/// The first line of a file without blanks around it; nothing if it cannot be read.
std::optional<std::string> first_line(const fs::path& file) {
    std::ifstream stream(file);
    std::string line;
    if (!stream || !std::getline(stream, line)) return std::nullopt;
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos) return std::string();
    return line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

std::string host_id_of(std::string_view machine_id) {
    const std::string salted = "reticle host id:" + std::string(machine_id);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    EVP_Digest(salted.data(), salted.size(), digest.data(), &length, EVP_sha256(), nullptr);
    return hex(digest.data(), kHexDigits);
}

Result<std::string> read_machine_id(const fs::path& root) {
    for (const char* file : {"etc/machine-id", "var/lib/dbus/machine-id"}) {
        const auto id = first_line(root / file);
        // A freshly installed image says "uninitialized" until its first boot.
        if (id && !id->empty() && *id != "uninitialized") return *id;
    }
    return fail(Errc::not_found,
                "this host has no machine id: run systemd-machine-id-setup, or give --host-id "
                "(in a container, mount the host's /etc/machine-id)");
}

std::string system_host_name() {
    std::array<char, 256> name{};
    if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    return name.data();
}

std::string random_instance_id() {
    std::random_device device;
    std::array<unsigned char, kHexDigits / 2> bytes{};
    for (auto& byte : bytes) byte = static_cast<unsigned char>(device() & 0xff);
    return hex(bytes.data(), kHexDigits);
}

Result<std::string> read_token(const fs::path& file) {
    const auto token = first_line(file);
    if (!token) return fail(Errc::unavailable, "--token-file " + file.string() + ": cannot be read");
    if (token->empty())
        return fail(Errc::invalid, "--token-file " + file.string() + ": its first line is empty");
    struct stat status{};
    if (stat(file.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        log_warn("--token-file " + file.string() + " can be read by others: chmod 600 it");
    }
    return *token;
}

}  // namespace reticle::probe
