#include "probe/redact/redact.h"

namespace reticle::probe {

const std::vector<RedactRule>& redact_rules() {
    static const std::vector<RedactRule> rules{
        {"flag",
         "values of flags whose name holds a secret's: password, passwd, passphrase, secret, token, api-key, "
         "access-key, private-key, credential, authorization, auth, cookie",
         "app --db-password=hunter2 --api-key hunter2", "app --db-password=*** --api-key ***"},
        {"program-flag",
         "password flags of single programs, such as mysql -p, sshpass -p, redis-cli -a, curl -u, "
         "ldapsearch -w, docker login -p",
         "mysql -uroot -phunter2 shop", "mysql -uroot -p*** shop"},
        {"assignment", "values of variables, headers and JSON fields with such a name",
         "env PGPASSWORD=hunter2 X-Api-Key: hunter2", "env PGPASSWORD=*** X-Api-Key: ***"},
        {"sql", "passwords in SQL: IDENTIFIED BY '...', PASSWORD '...'",
         R"(psql -c "ALTER ROLE app PASSWORD 'hunter2'")", "psql -c ALTER ROLE app PASSWORD '***'"},
        {"url", "the password in a URL, and a user name of 20 letters or more (a token)",
         "backup postgres://app:hunter2@db:5432/shop", "backup postgres://app:***@db:5432/shop"},
        {"bearer", "the token after the word Bearer", "curl -H x-forwarded: Bearer hunter2hunter2",
         "curl -H x-forwarded: Bearer ***"},
        {"jwt", "JSON Web Tokens", "job eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "job ***"},
        {"known-key",
         "keys that their maker marked: AWS (AKIA, ASIA), GitHub, GitLab, Slack, Stripe, Google, OpenAI, "
         "Anthropic, npm, Vault, DigitalOcean, SendGrid, age",
         "s3cmd AKIAIOSFODNN7EXAMPLE", "s3cmd ***"},
        {"pem", "PEM blocks, to their end or to the end of the command line",
         "app --inline -----BEGIN PRIVATE KEY----- MIIhunter2 -----END PRIVATE KEY----- --port 1",
         "app --inline *** --port 1"},
    };
    return rules;
}

}  // namespace reticle::probe
