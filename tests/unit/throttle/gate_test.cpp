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
  gate.close({WaitReason::Kind::control, "paused by a person"});
  gate.close({WaitReason::Kind::signal, "replica lag r1 300 MiB > 256 MiB"});
  EXPECT_EQ(gate.reason()->kind, WaitReason::Kind::control) << "what a person asks for is shown first";
  gate.open(WaitReason::Kind::control);
  EXPECT_FALSE(gate.is_open());
  EXPECT_EQ(gate.reason()->sentence, "replica lag r1 300 MiB > 256 MiB");
  gate.open(WaitReason::Kind::signal);
  EXPECT_TRUE(gate.is_open());
  EXPECT_EQ(gate.reason(), nullptr);
}

TEST(Gate, TellsComingAndGoingButNotEveryNewValue) {
  boost::asio::io_context io;
  Gate gate(io.get_executor());
  std::vector<std::string> told;
  gate.on_change = [&told](const Gate& changed) { told.push_back(changed.reason() ? changed.reason()->sentence : ""); };
  gate.close({WaitReason::Kind::signal, "300 MiB"});
  gate.close({WaitReason::Kind::signal, "310 MiB"});
  gate.open(WaitReason::Kind::vacuum);
  gate.open(WaitReason::Kind::signal);
  EXPECT_EQ(told, (std::vector<std::string>{"300 MiB", ""}));
}

}  // namespace
}  // namespace pgfill::throttle
