#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "report/base/result.h"

namespace reticle::probe {

/// The host id that follows from a machine id (machine-id(5)): a hash with our own salt, 16 hexadecimal
/// digits. The machine id itself is confidential and never leaves the host.
std::string host_id_of(std::string_view machine_id);

/// The machine id of this host, from /etc/machine-id below `root` or where D-Bus keeps it. An Error names the
/// remedy.
Result<std::string> read_machine_id(const std::filesystem::path& root);

/// The system's host name.
std::string system_host_name();

/// 16 hexadecimal digits that no other start of any probe has.
std::string random_instance_id();

/// The app's join token: the first line of a file, without blanks around it. The Error names the file.
Result<std::string> read_token(const std::filesystem::path& file);

}  // namespace reticle::probe
