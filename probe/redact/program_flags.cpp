#include "probe/redact/program_flags.h"

namespace reticle::probe {

const std::vector<ProgramFlag>& program_flags() {
    using enum SecretPart;
    static const std::vector<ProgramFlag> table{
        {"mysql* mariadb* xtrabackup", "-p", true, false, all, ""},
        {"sshpass", "-p", true, true, all, ""},
        {"mongo mongosh mongodump mongorestore mongoexport mongoimport", "-p", true, true, all, ""},
        {"redis-cli", "-a", true, true, all, ""},
        {"cqlsh rabbitmqadmin", "-p", true, true, all, ""},
        {"curl", "-u", true, true, after_colon, ""},
        {"curl", "-U", true, true, after_colon, ""},
        {"curl wget", "--user", false, true, after_colon, ""},
        {"curl", "--proxy-user", false, true, after_colon, ""},
        {"curl", "-b", true, true, all, ""},
        {"http https xh", "-a", true, true, after_colon, ""},
        {"ldap*", "-w", true, true, all, ""},
        {"smbclient", "-U", true, true, after_percent, ""},
        {"snmp*", "-c", true, true, all, ""},
        {"snmp*", "-A", true, true, all, ""},
        {"snmp*", "-X", true, true, all, ""},
        {"sqlcmd bcp", "-P", true, true, all, ""},
        {"ipmitool", "-P", true, true, all, ""},
        {"zip unzip", "-P", true, true, all, ""},
        {"7z 7za 7zr rar unrar", "-p", true, false, all, ""},
        {"openssl", "-k", false, true, all, ""},
        {"openssl", "-K", false, true, all, ""},
        {"nmcli", "password", false, true, all, ""},
        {"docker podman nerdctl buildah skopeo helm oras az", "-p", true, true, all, "login"},
    };
    return table;
}

bool is_program_of(const ProgramFlag& entry, std::string_view word) {
    const auto slash = word.rfind('/');
    const auto base = slash == std::string_view::npos ? word : word.substr(slash + 1);
    if (base.empty()) return false;
    for (std::string_view rest = entry.programs; !rest.empty();) {
        const auto space = rest.find(' ');
        const auto name = rest.substr(0, space);
        rest = space == std::string_view::npos ? std::string_view() : rest.substr(space + 1);
        if (name.ends_with('*') ? base.starts_with(name.substr(0, name.size() - 1)) : base == name)
            return true;
    }
    return false;
}

}  // namespace reticle::probe
