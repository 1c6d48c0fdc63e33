#include "search/exec/essential_share.h"

#include <gtest/gtest.h>

namespace selene::search {
namespace {

/// Of so many windows, how many took `share` where costs are look_ups(share) and 100 postings each.
template <class LookUps>
int num_windows_with(double share, double postings_per_window, LookUps&& look_ups) {
  EssentialShare chosen(1.0, postings_per_window);
  int count = 0;
  for (int window = 0; window < 100; ++window) {
    if (chosen.share() == share) ++count;
    chosen.note(100, look_ups(chosen.share()));
  }
  return count;
}

TEST(EssentialShareTest, ManyLookUpsGiveWayToAddingEverythingUp) {
  EXPECT_GT(num_windows_with(EssentialShare::kEverything, 5000, [](double) { return 100'000; }), 90);
}

TEST(EssentialShareTest, FewLookUpsStay) {
  EXPECT_EQ(num_windows_with(EssentialShare::kEverything, 5000, [](double) { return 10; }), 0);
}

TEST(EssentialShareTest, TheCheapestShareIsFound) {
  EXPECT_GT(num_windows_with(0.25, 5000, [](double share) { return static_cast<size_t>(share * 400); }), 60);
  EXPECT_GT(num_windows_with(1.0, 5000, [](double share) { return static_cast<size_t>(400 - share * 400); }), 60);
}

TEST(EssentialShareTest, WhatBecomesDearIsLeft) {
  EssentialShare chosen(1.0, 5000);
  for (int window = 0; window < 20; ++window) chosen.note(100, 10);
  for (int window = 0; window < 20; ++window) chosen.note(100, 100'000);
  EXPECT_EQ(chosen.share(), EssentialShare::kEverything);
}

}  // namespace
}  // namespace selene::search
