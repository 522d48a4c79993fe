// Connections over TLS and everything that can be wrong with them. Certificates are made by openssl, in milliseconds.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "support/eventually.h"
#include "support/job_process.h"
#include "support/sessions.h"
#include "support/subject_case.h"
#include "support/wire_proxy.h"

namespace pgfill::tests {
namespace {

using namespace std::chrono_literals;
using Environment = std::vector<std::pair<std::string, std::string>>;

constexpr std::int64_t rows = 3'000;
constexpr const char* openssl = "/usr/bin/openssl";

/// A server on TCP with TLS, and a certificate authority of its own.
class Encryption : public ::testing::Test {
 protected:
  rig::PgCluster cluster_{{.settings = {}, .tcp = true}};
  SubjectCase subject_{cluster_.conninfo(), rows};
  std::filesystem::path home_ = cluster_.directory() / "home";

  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(openssl)) << "openssl is missing: .dev/setup";
    std::filesystem::create_directory(home_);
    make_authority("ca");
    make_authority("stranger");
    make_certificate("good", "ca", "30");
    use("good");
  }
  std::string file(const std::string& name) const { return cluster_.directory() / name; }
  /// As the server's user, so that it may read the keys.
  void run(std::vector<std::string> arguments) {
    rig::ProcessSpec spec;
    spec.program = openssl;
    spec.arguments = std::move(arguments);
    spec.user = cluster_.installation().user;
    spec.working_directory = cluster_.directory();
    rig::Process process(spec);
    ASSERT_TRUE(process.finish(30s).ok()) << process.standard_error();
  }
  void make_authority(const std::string& name) {
    run({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj",
         "/CN=" + name, "-keyout", name + ".key", "-out", name + ".crt"});
  }
  /// For localhost. `days`: that it is valid from now on; negative: it has expired.
  void make_certificate(const std::string& name, const std::string& authority, const std::string& days) {
    run({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
         "-keyout", name + ".key", "-out", name + ".csr"});
    run({"x509", "-req", "-in", name + ".csr", "-CA", authority + ".crt", "-CAkey", authority + ".key", "-set_serial",
         "1", "-days", days, "-out", name + ".crt"});
  }
  /// From now on the server shows this certificate.
  void use(const std::string& name) {
    set({{"ssl_cert_file", file(name + ".crt")}, {"ssl_key_file", file(name + ".key")}, {"ssl", "on"}});
  }
  void set(const rig::Settings& settings) {
    for (const auto& [setting, value] : settings)
      subject_.database().execute("ALTER SYSTEM SET " + setting + " = '" + value + "'");
    subject_.database().execute("SELECT pg_reload_conf()");
    const auto& first = settings.front();
    ASSERT_TRUE(
        eventually(30s, [&] { return Database(cluster_.conninfo()).value("SHOW " + first.first) == first.second; }));
  }
  Environment environment(const std::string& mode, const Environment& added = {}) {
    std::map<std::string, std::string> all{{"HOME", home_}, {"PGSSLROOTCERT", file("ca.crt")}};
    if (!mode.empty()) all["PGSSLMODE"] = mode;
    for (const auto& [name, value] : cluster_.primary().environment()) all[name] = value;
    all["PGHOST"] = "localhost";
    all["PGHOSTADDR"] = "127.0.0.1";
    for (const auto& [name, value] : added) all[name] = value;
    return {all.begin(), all.end()};
  }
  rig::Process start(const Environment& environment) {
    return start_pgfill(environment, {"run", subject_.spec_file(50, 2), "--yes"});
  }
  void expect_refused(const Environment& environment, const std::string& reason) {
    rig::Process job = start(environment);
    EXPECT_EQ(job.finish(60s).exit_code, 10) << reason << "\n" << job.standard_error();
    EXPECT_NE(job.standard_error().find(reason), std::string::npos) << job.standard_error();
    EXPECT_NE(job.standard_error().find("sslrootcert"), std::string::npos) << job.standard_error();
    EXPECT_EQ(subject_.rows_changed(), 0);
  }
  void expect_done(const Environment& environment) {
    rig::Process job = start(environment);
    EXPECT_TRUE(job.finish(60s).ok()) << job.standard_error();
    const auto verdict = subject_.judge();
    EXPECT_TRUE(verdict.passed()) << verdict.to_text();
  }
  /// Sessions of the job that are not encrypted.
  std::int64_t plain_sessions() {
    return subject_.database().integer(
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
        "WHERE application_name LIKE 'pgfill:%' AND NOT ssl");
  }
};

TEST_F(Encryption, AServerThatCannotProveWhoItIsIsRefused) {
  expect_refused(environment("verify-full", {{"PGSSLROOTCERT", file("stranger.crt")}}), "certificate verify failed");
  expect_refused(environment("verify-ca", {{"PGSSLROOTCERT", file("stranger.crt")}}), "certificate verify failed");
  expect_refused(environment("verify-full", {{"PGHOST", "db.example"}}), "does not match host name \"db.example\"");
  expect_refused(environment("verify-full", {{"PGSSLROOTCERT", file("nothing.crt")}}), "root certificate file");
  make_certificate("old", "ca", "-1");
  use("old");
  expect_refused(environment("verify-full"), "certificate verify failed");
  use("good");
  expect_done(environment("verify-full"));
}

TEST_F(Encryption, BeyondThisMachineProofIsAskedForUnlessLessIsSpelledOut) {
  // Leads to this machine all the same.
  const Environment beyond{{"PGHOST", "0.0.0.0"}, {"PGHOSTADDR", ""}};
  expect_refused(environment("", beyond), "does not match host name \"0.0.0.0\"");
  expect_refused(environment("", {{"PGHOST", "0.0.0.0"}, {"PGHOSTADDR", ""}, {"PGSSLROOTCERT", ""}}),
                 "root certificate file");
  set({{"ssl", "off"}});
  expect_refused(environment("", beyond), "does not support SSL");
  expect_done(environment("disable", beyond));
}

TEST_F(Encryption, NobodyInBetweenTalksTheJobIntoPlainText) {
  WireProxy proxy(cluster_.primary());  // which leads to a Unix socket, where the server answers N
  for (const char* mode : {"require", "verify-full"}) {
    Environment environment = proxy.environment("postgres");
    environment.insert(environment.end(), {{"PGSSLMODE", mode}, {"PGSSLROOTCERT", file("ca.crt")}, {"HOME", home_}});
    expect_refused(environment, "server does not support SSL, but SSL was required");
  }
  for (const WireRecord& record : proxy.records()) EXPECT_EQ(record.types.find('^'), std::string::npos) << record.types;
}

TEST_F(Encryption, AServerThatNoLongerEncryptsIsNotWorkedOnUntilItDoes) {
  subject_.database().execute(
      "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN PERFORM pg_sleep(0.1); RETURN NULL; END$$");
  subject_.database().execute("CREATE TRIGGER slowly AFTER UPDATE ON subject EXECUTE FUNCTION slowly()");
  rig::Process job = start(environment("verify-full"));
  ASSERT_TRUE(eventually(30s, [&] { return subject_.rows_changed() > rows / 20; })) << job.standard_error();
  EXPECT_EQ(plain_sessions(), 0);
  set({{"ssl", "off"}});
  end_sessions(subject_.database(), "application_name LIKE 'pgfill:%'");
  const auto left_at = subject_.rows_changed();
  EXPECT_TRUE(eventually(30s, [&] {
    EXPECT_EQ(plain_sessions(), 0);
    return job.standard_error().find("does not support SSL") != std::string::npos;
  })) << job.standard_error();
  EXPECT_EQ(subject_.rows_changed(), left_at);
  set({{"ssl", "on"}});
  EXPECT_TRUE(job.finish(60s).ok()) << job.standard_error();
  const auto verdict = subject_.judge();
  EXPECT_TRUE(verdict.passed()) << verdict.to_text();
}

}  // namespace
}  // namespace pgfill::tests
