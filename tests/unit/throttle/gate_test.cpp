// The gate: open only when nobody has a reason to wait.
#include "throttle/gate.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <vector>

namespace pgfill::throttle {
namespace {

TEST(Gate, OpensOnlyWhenTheLastReasonHasGone) {
  boost::asio::io_context io;
  Gate gate(io.get_executor());
  EXPECT_TRUE(gate.is_open());
  gate.close("pause", "paused by a person");
  gate.close("replica_lag", "replica lag r1 300 MiB > 256 MiB");
  gate.open("pause");
  EXPECT_FALSE(gate.is_open());
  EXPECT_EQ(gate.reason(), "replica lag r1 300 MiB > 256 MiB");
  gate.open("replica_lag");
  EXPECT_TRUE(gate.is_open());
  EXPECT_EQ(gate.reason(), "");
}

TEST(Gate, TellsComingAndGoingButNotEveryNewValue) {
  boost::asio::io_context io;
  Gate gate(io.get_executor());
  std::vector<std::string> told;
  gate.on_change = [&told](const Gate& changed) { told.push_back(changed.reason()); };
  gate.close("replica_lag", "300 MiB");
  gate.close("replica_lag", "310 MiB");
  gate.open("other");
  gate.open("replica_lag");
  EXPECT_EQ(told, (std::vector<std::string>{"300 MiB", ""}));
}

}  // namespace
}  // namespace pgfill::throttle
