// The main program of the tests on servers. PGFILL_LEFT_OUT names tests, separated by colons, that cannot run on the
// server that was chosen; .dev/matrix takes them from tests/majors.txt, with the reasons.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

int main(int count, char** arguments) {
  testing::InitGoogleTest(&count, arguments);
  const char* left_out = std::getenv("PGFILL_LEFT_OUT");
  if (left_out != nullptr && *left_out != '\0') {
    std::string& filter = testing::GTEST_FLAG(filter);
    filter += (filter.find('-') == std::string::npos ? "-" : ":") + std::string(left_out);
  }
  return RUN_ALL_TESTS();
}
