#include "tests/truth/workload/options.h"

#include <map>
#include <sstream>
#include <stdexcept>

#include <boost/program_options.hpp>

namespace reticle::truth {
namespace {

namespace po = boost::program_options;

const char* const kIntroduction =
    "reticle-truth-workload ROLE --name NAME [options]\n"
    "Plays one role of a known topology and prints the truth about it as JSON lines.\n"
    "Roles: tcp (listens and/or keeps connections), tcp-short (connects and closes at a rate), udp.\n"
    "The line `close` on standard input ends what it opened; its end or SIGTERM ends the role.\n";

po::options_description described() {
    po::options_description all("Options");
    auto add = all.add_options();
    add("help", "print this text");
    add("role", po::value<std::string>()->required(), "tcp, tcp-short or udp");
    add("name", po::value<std::string>()->required(), "the name the truth is told under");
    add("listen", po::value<std::vector<std::string>>()->composing(), "ADDRESS:PORT to serve");
    add("dual-stack", "an IPv6 wildcard also takes IPv4");
    add("workers", po::value<unsigned>()->default_value(0), "processes that serve (0: this one)");
    add("sharing", po::value<std::string>()->default_value("prefork"), "prefork or reuseport");
    add("talk", po::value<std::string>()->default_value("echo"), "echo, write or silent (servers)");
    add("peer", po::value<std::vector<std::string>>()->composing(), "ADDRESS:PORT to talk to");
    add("connections", po::value<unsigned>()->default_value(1), "conversations per peer");
    add("processes", po::value<unsigned>()->default_value(1), "client processes");
    add("bind", po::value<std::string>(), "ADDRESS:PORT of the client's end; ports count up");
    add("v4-mapped", "reach IPv4 peers through an IPv6 socket");
    add("quiet", "never send on conversations we opened");
    add("unconnected", "leave the client's UDP socket unconnected");
    add("interval-ms", po::value<unsigned>()->default_value(500), "pause between messages");
    add("rate", po::value<unsigned>()->default_value(100), "tcp-short: connections a second");
    add("count", po::value<unsigned>()->default_value(100), "tcp-short: connections in all");
    add("hold-ms", po::value<unsigned>()->default_value(0), "tcp-short: how long each one lasts");
    return all;
}

Endpoint endpoint(const std::string& text) {
    const auto parsed = parse_endpoint(text);
    if (!parsed) throw std::invalid_argument("not ADDRESS:PORT: " + text);
    return *parsed;
}

std::vector<Endpoint> endpoints(const po::variables_map& given, const char* key) {
    std::vector<Endpoint> result;
    if (given.count(key) == 0) return result;
    for (const std::string& text : given[key].as<std::vector<std::string>>())
        result.push_back(endpoint(text));
    return result;
}

template <typename Choice>
Choice choose(const std::map<std::string, Choice>& choices, const po::variables_map& given, const char* key) {
    const auto found = choices.find(given[key].as<std::string>());
    if (found == choices.end())
        throw std::invalid_argument(std::string("unknown ") + key + ": " + given[key].as<std::string>());
    return found->second;
}

void require_sense(const Options& options) {
    if (options.role != "tcp" && options.role != "tcp-short" && options.role != "udp")
        throw std::invalid_argument("unknown role: " + options.role);
    if (options.role == "tcp-short" && (options.peers.empty() || options.rate == 0))
        throw std::invalid_argument("tcp-short needs --peer and a --rate above 0");
    if (options.listen.empty() && options.peers.empty())
        throw std::invalid_argument("nothing to do: give --listen or --peer");
    if (options.listen.empty() && options.workers > 0)
        throw std::invalid_argument("--workers needs --listen");
    if (options.workers > 0 && !options.peers.empty())
        throw std::invalid_argument("--workers and --peer exclude each other");
}

Options read(const po::variables_map& given) {
    Options options;
    options.role = given["role"].as<std::string>();
    options.name = given["name"].as<std::string>();
    options.listen = endpoints(given, "listen");
    options.peers = endpoints(given, "peer");
    if (given.count("bind") != 0) options.source.bind = endpoint(given["bind"].as<std::string>());
    options.source.v4_mapped = given.count("v4-mapped") != 0;
    options.dual_stack = given.count("dual-stack") != 0;
    options.unconnected = given.count("unconnected") != 0;
    options.quiet = given.count("quiet") != 0;
    options.workers = given["workers"].as<unsigned>();
    options.sharing = choose<Sharing>({{"prefork", Sharing::prefork}, {"reuseport", Sharing::reuse_port}},
                                      given, "sharing");
    options.talk =
        choose<Talk>({{"echo", Talk::echo}, {"write", Talk::write}, {"silent", Talk::silent}}, given, "talk");
    options.connections = given["connections"].as<unsigned>();
    options.processes = given["processes"].as<unsigned>();
    options.rate = given["rate"].as<unsigned>();
    options.count = given["count"].as<unsigned>();
    options.interval = std::chrono::milliseconds(given["interval-ms"].as<unsigned>());
    options.hold = std::chrono::milliseconds(given["hold-ms"].as<unsigned>());
    require_sense(options);
    return options;
}

}  // namespace

std::variant<Options, Usage> parse_options(int argc, const char* const* argv) {
    const po::options_description all = described();
    po::positional_options_description positional;
    positional.add("role", 1);
    po::variables_map given;
    try {
        po::store(po::command_line_parser(argc, argv).options(all).positional(positional).run(), given);
        if (given.count("help") != 0) {
            std::ostringstream text;
            text << kIntroduction << all;
            return Usage{text.str(), 0};
        }
        po::notify(given);
        return read(given);
    } catch (const std::exception& error) {
        return Usage{std::string("reticle-truth-workload: ") + error.what() + "\n", 2};
    }
}

}  // namespace reticle::truth
