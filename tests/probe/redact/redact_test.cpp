#include "probe/redact/redact.h"

#include <fstream>
#include <iomanip>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "probe/redact/named_values.h"
#include "probe/redact/secret_name.h"

namespace reticle::probe {
namespace {

using Argv = std::vector<std::string>;

std::string redacted(const Argv& argv) {
    return redact(argv, RedactPolicy{});
}

/// Words as a shell would make them of plain words and "double quoted" ones.
Argv split(std::string_view line) {
    std::istringstream stream{std::string(line)};
    Argv argv;
    for (std::string word; stream >> std::quoted(word);) argv.push_back(word);
    return argv;
}

TEST(Redact, EveryRuleDoesWhatItsExampleSays) {
    for (const auto& rule : redact_rules()) {
        EXPECT_EQ(redacted(split(rule.example)), rule.result) << rule.name;
    }
}

TEST(Redact, OperationsPageListsExactlyTheRules) {
    std::ifstream file(RETICLE_SOURCE_DIR "/docs/operations.md");
    const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const auto begin = page.find("<!-- redact rules -->");
    const auto end = page.find("<!-- end of redact rules -->");
    ASSERT_NE(begin, std::string::npos);
    ASSERT_NE(end, std::string::npos);
    std::string expected =
        "<!-- redact rules -->\n| rule | hides | example | reported as |\n|---|---|---|---|\n";
    for (const auto& rule : redact_rules()) {
        for (const auto text : {rule.name, rule.hides}) expected.append("| ").append(text).append(" ");
        for (const auto text : {rule.example, rule.result}) expected.append("| `").append(text).append("` ");
        expected += "|\n";
    }
    EXPECT_EQ(page.substr(begin, end - begin), expected);
}

struct Case {
    Argv argv;
    std::string reported;
};

TEST(Redact, HidesSecretsOfEveryForm) {
    const std::vector<Case> cases{
        {{"app", "--password=a b c"}, "app --password=***"},
        {{"app", "--password", "a b c", "--port", "1"}, "app --password *** --port 1"},
        {{"app", "-password", "s3"}, "app -password ***"},
        {{"app", "--password", "-aXk3dash"}, "app --password ***"},
        {{"java", "-Djavax.net.ssl.trustStorePassword=s3", "-jar", "a.jar"},
         "java -Djavax.net.ssl.trustStorePassword=*** -jar a.jar"},
        {{"sh", "-c", "PGPASSWORD=s3 psql -h db"}, "sh -c PGPASSWORD=*** psql -h db"},
        {{"sh", "-c", "exec mysql -ps3 shop"}, "sh -c exec mysql -p*** shop"},
        {{"sh", "-c", "curl -H \"Authorization: Basic s3\" http://a/"},
         "sh -c curl -H \"Authorization: ***\" http://a/"},
        {{"ssh", "db1", "mysql -uroot -ps3"}, "ssh db1 mysql -uroot -p***"},
        {{"sudo", "-u", "x", "/usr/bin/mysqldump", "-ps3"}, "sudo -u x /usr/bin/mysqldump -p***"},
        {{"sshpass", "-p", "s3", "ssh", "h"}, "sshpass -p *** ssh h"},
        {{"curl", "-u", "me:s3", "http://a/"}, "curl -u me:*** http://a/"},
        {{"curl", "-ume:s3"}, "curl -ume:***"},
        {{"curl", "-H", "Authorization: Basic s3"}, "curl -H Authorization: ***"},
        {{"curl", "-H", "Authorization:", "Basic", "s3", "http://a/"},
         "curl -H Authorization: Basic *** http://a/"},
        {{"curl", "http://a/?token=s3&page=2"}, "curl http://a/?token=***&page=2"},
        {{"curl", "-d", R"({"user": "me", "password": "s3 \" x", "n": 1})"},
         R"(curl -d {"user": "me", "password": "***", "n": 1})"},
        {{"docker", "login", "-u", "me", "-p", "s3"}, "docker login -u me -p ***"},
        {{"docker", "run", "-e", "API_TOKEN=s3", "-p", "80:80", "img"},
         "docker run -e API_TOKEN=*** -p 80:80 img"},
        {{"openssl", "rsa", "-passin", "pass:s3"}, "openssl rsa -passin ***"},
        {{"mysql", "-e", "CREATE USER a IDENTIFIED BY 's3'"}, "mysql -e CREATE USER a IDENTIFIED BY '***'"},
        {{"redis-server", "--requirepass", "s3"}, "redis-server --requirepass ***"},
        {{"beam.smp", "-setcookie", "s3"}, "beam.smp -setcookie ***"},
        {{"vault", "write", "role_id=r", "secret_id=s3"}, "vault write role_id=r secret_id=***"},
        {{"git", "clone", "https://x:p/q@host/r"}, "git clone https://x:***@host/r"},
        {{"git", "clone", "https://0123456789012345678901234@github.com/r"},
         "git clone https://***@github.com/r"},
        {{"app", "-----BEGIN", "PRIVATE", "KEY-----", "MIIs3"}, "app ***"},
        {{"helm", "--set=auth.password=s3 t"}, "helm --set=auth.password=***"},
        {{"smbclient", "-U", "me%s3"}, "smbclient -U me%***"},
    };
    for (const auto& [argv, reported] : cases) EXPECT_EQ(redacted(argv), reported);
}

TEST(Redact, LeavesOrdinaryCommandLinesAlone) {
    for (const std::string_view line : {
             "nginx: master process /usr/sbin/nginx -g daemon off;",
             "reticle-probe 10.0.0.5:4040 --token-file /etc/reticle/token",
             "kube-apiserver --authorization-mode=Node,RBAC --service-account-key-file=/etc/sa.pub",
             "psql --no-password -h db -U app -p 5432 shop",
             "docker run -p 8080:80 registry:5000/team/token:1.2 --max-tokens 4096",
             "ssh -p 2222 git@host.example http://host:8080/path@v1",
             "env PWD=/root SSH_AUTH_SOCK=/tmp/agent true",
             "curl http://[::1]:80/a?page=2&size=10 ssh://git@github.com/a/b",
             "mysql -p shop",
             "python3 -m http.server 8000 --directory /srv",
             "app --bypass a --compass b --tokenizer c --secret-name d",
         }) {
        EXPECT_EQ(redacted(split(line)), line);
    }
}

TEST(Redact, OffShowsAllAndEverythingShowsOnlyTheProgram) {
    const Argv argv{"/usr/bin/app", "--password=s3", "x"};
    EXPECT_EQ(redact(argv, {RedactMode::off, {}}), "/usr/bin/app --password=s3 x");
    EXPECT_EQ(redact(argv, {RedactMode::everything, {}}), "/usr/bin/app");
    EXPECT_EQ(redact({"postgres: user db 10.0.0.1(1) idle"}, {RedactMode::everything, {}}), "postgres:");
    EXPECT_EQ(redact({}, {RedactMode::everything, {}}), "");
}

TEST(Redact, PatternsAddNamesAndWords) {
    const RedactPolicy policy{RedactMode::on, {"Licence=", "acme-*"}};
    EXPECT_EQ(redact({"app", "--licence=x", "--licence", "y", "LICENCE=z", "ACME-17", "notacme-1"}, policy),
              "app --licence=*** --licence *** LICENCE=*** *** notacme-1");
    EXPECT_TRUE(check_redact_pattern("licence="));
    EXPECT_FALSE(check_redact_pattern("*"));
    EXPECT_FALSE(check_redact_pattern(""));
    EXPECT_FALSE(check_redact_pattern("two words"));
    EXPECT_FALSE(check_redact_pattern(std::string(300, 'a')));
}

TEST(Redact, CutsLongCommandLinesAndMendsInvalidUtf8) {
    const auto line = redacted({"app", std::string(65536, 'x')});
    EXPECT_EQ(line.size(), kMaxCommandLineBytes);
    EXPECT_TRUE(line.ends_with("..."));
    EXPECT_EQ(redacted({"app", std::string(8 << 20, 'x'), "--password", "s3"}), line);
    EXPECT_EQ(redacted({"a\xff\xc3", "\xed\xa0\x80", "b\tc\nd"}),
              "a\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd b c d");
    EXPECT_EQ(redacted({"caf\xc3\xa9 \xf0\x9f\x98\x80"}), "caf\xc3\xa9 \xf0\x9f\x98\x80");
}

// Each text is built to make a backtracking or rescanning matcher quadratic; 64 KiB of it must be nothing.
TEST(Redact, HostileCommandLinesAreOrdinary) {
    for (const std::string_view piece :
         {"eyJ", "a://", "://:", "-----BEGIN ", "bearer ", "sk-", "password", "\"", "'", "\\", "=", ":",
          "token=", "a:", "-p ", "mysql ", "SG.", "x@", "a\"b:'"}) {
        std::string text;
        while (text.size() < 65536) text += piece;
        const auto line = redact({"app", text, text}, {RedactMode::on, {"*a*b*c=d", "name="}});
        EXPECT_LE(line.size(), kMaxCommandLineBytes) << piece;
    }
}

rc::Gen<std::string> secrets() {
    return rc::gen::map(rc::gen::container<std::string>(rc::gen::elementOf(std::string("QWZX23456789"))),
                        [](const std::string& tail) { return "Q7Z" + tail; });
}

rc::Gen<std::string> plain_words() {
    return rc::gen::nonEmpty(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcdefgh/.-_0189"))));
}

RC_GTEST_PROP(Redact, ASecretNeverAppears, ()) {
    const auto secret = *secrets();
    const auto name =
        *rc::gen::element<std::string>("password", "db-passwd", "API_KEY", "authToken", "SECRET", "x-api-key",
                                       "client_secret", "PRIVATE_KEY", "credentials", "passphrase");
    const auto form = *rc::gen::inRange(0, 9);
    Argv piece;
    switch (form) {
        case 0:
            piece = {"--" + name + "=" + secret};
            break;
        case 1:
            piece = {"--" + name, secret};
            break;
        case 2:
            piece = {name + "=" + secret};
            break;
        case 3:
            piece = {"-H", name + ": " + secret};
            break;
        case 4:
            piece = {"{\"" + name + "\":\"" + secret + "\"}"};
            break;
        case 5:
            piece = {"sh", "-c", "run --" + name + " '" + secret + " " + secret + "' now"};
            break;
        case 6:
            piece = {"http://u:" + secret + "@host/"};
            break;
        case 7:
            piece = {"mysql", "-p" + secret};
            break;
        default:
            piece = {"sh", "-c", "export " + name + "=\"" + secret + "\"; run"};
            break;
    }
    auto argv = *rc::gen::container<Argv>(plain_words());
    const auto at = *rc::gen::inRange<std::size_t>(0, argv.size() + 1);
    argv.insert(argv.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(), piece.end());
    argv.insert(argv.begin(), "app");
    const auto line = redacted(argv);
    RC_LOG() << line;
    RC_ASSERT(line.find(secret) == std::string::npos);
}

RC_GTEST_PROP(Redact, WhatIsNoSecretStaysAsItIs, ()) {
    const auto argv = *rc::gen::container<Argv>(plain_words());
    const auto line = redact(argv, {RedactMode::off, {}});
    RC_PRE(line.size() < kMaxCommandLineBytes);
    RC_ASSERT(redacted(argv) == line);
}

RC_GTEST_PROP(Redact, TakesAnyBytes, ()) {
    const auto argv = *rc::gen::arbitrary<Argv>();
    RC_ASSERT(redacted(argv).size() <= kMaxCommandLineBytes);
}

TEST(SecretName, TellsSecretsFromReferences) {
    for (const auto name :
         {"password", "PGPASSWORD", "MYSQL_PWD", "trustStorePassword", "x-api-key", "AWS_SECRET_ACCESS_KEY",
          "authtoken", "proxy-auth", "DB_PASS", "secret_id", "private-key", "Authorization"}) {
        EXPECT_TRUE(names_a_secret(name)) << name;
    }
    for (const auto name :
         {"", "token-file", "secretName", "max_tokens", "no-password", "PWD", "SSH_AUTH_SOCK", "key",
          "bypass", "access_key_id", "tokenizer", "nopasswd", "author", "password-prompt"}) {
        EXPECT_FALSE(names_a_secret(name)) << name;
    }
}

TEST(Glob, StarsAndQuestionMarks) {
    EXPECT_TRUE(glob_matches("a*c?", "abbcd"));
    EXPECT_TRUE(glob_matches("*", ""));
    EXPECT_FALSE(glob_matches("a?", "a"));
    EXPECT_FALSE(glob_matches("a*b", "ac"));
}

}  // namespace
}  // namespace reticle::probe
