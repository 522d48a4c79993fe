#include "postgres/session_name.h"

#include <gtest/gtest.h>

namespace pgfill::postgres {
namespace {

constexpr std::size_t longest_of_postgresql = 63;
constexpr std::string_view longest_role = "control";

TEST(SessionName, HasTheNameOfTheJob) {
  EXPECT_EQ(sessions_of("users_state"), "pgfill:users_state/");
  EXPECT_EQ(sessions_of(std::string(48, 'a')), "pgfill:" + std::string(48, 'a') + "/");
}

TEST(SessionName, OfALongJobIsNotCutByTheServer) {
  for (std::size_t length = 1; length <= 63; ++length) {
    EXPECT_LE(sessions_of(std::string(length, 'x')).size() + longest_role.size(), longest_of_postgresql) << length;
  }
}

TEST(SessionName, TellsLongJobsApart) {
  const std::string common(60, 'a');
  EXPECT_NE(sessions_of(common + "_1"), sessions_of(common + "_2"));
  EXPECT_EQ(sessions_of(common + "_1"), sessions_of(common + "_1"));
}

}  // namespace
}  // namespace pgfill::postgres
