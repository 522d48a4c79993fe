// Which servers must prove who they are.
#include <gtest/gtest.h>

#include "postgres/encryption.h"

namespace pgfill::postgres {
namespace {

OptionValues options(const std::string& host, const std::string& address = "", const std::string& mode = "prefer") {
  OptionValues values{{"sslmode", mode}};
  if (!host.empty()) values["host"] = host;
  if (!address.empty()) values["hostaddr"] = address;
  return values;
}

TEST(EncryptionChoice, ServersBeyondThisMachineMustProveWhoTheyAre) {
  for (const char* host : {"db1", "10.0.0.7", "db1.example.com", "2001:db8::1", "localhost,db2", "/var/run,db2"})
    EXPECT_TRUE(must_verify(options(host), false)) << host;
  EXPECT_TRUE(must_verify(options("localhost", "10.0.0.7"), false));
}

TEST(EncryptionChoice, SocketsAndLoopbackNeedNoProof) {
  for (const char* host : {"", "/var/run/postgresql", "@socket", "localhost", "127.0.0.1", "::1", "/a,localhost"})
    EXPECT_FALSE(must_verify(options(host), false)) << host;
  EXPECT_FALSE(must_verify(options("db1", "127.0.0.1"), false));
}

TEST(EncryptionChoice, AModeThatWasChosenHolds) {
  EXPECT_FALSE(must_verify(options("db1"), true));
  for (const char* mode : {"disable", "allow", "require", "verify-ca", "verify-full"})
    EXPECT_FALSE(must_verify(options("db1", "", mode), false)) << mode;
  EXPECT_FALSE(must_verify({{"host", "db1"}}, false)) << "a libpq without TLS has no mode";
}

}  // namespace
}  // namespace pgfill::postgres
