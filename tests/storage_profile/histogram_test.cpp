// SPDX-License-Identifier: Apache-2.0
// The stored histogram: quantiles against exact ones of random samples, encoding, damage.
#include "storage/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>

#include "tests/support/raw_log_builder.h"

namespace tulkki::test {
namespace {

double exact_quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

// Durations in ticks as the recorder counts them, through a raw histogram into ours.
Histogram recorded(const std::vector<std::uint64_t>& durations_ticks, double ticks_per_ns) {
  raw::KeyRecord key{};
  std::vector<raw::HistogramBlock> blocks;
  for (const std::uint64_t ticks : durations_ticks) {
    const int octave = ticks < 2 ? 0 : std::bit_width(ticks) - 1;
    if (key.octave_block[octave] == 0) {
      blocks.emplace_back();
      key.octave_block[octave] = static_cast<std::uint32_t>(blocks.size());
    }
    ++blocks[key.octave_block[octave] - 1].count[(ticks << 5 >> octave) & 31];
  }
  Histogram histogram;
  RawHistogramScale(ticks_per_ns).add(key, blocks, histogram);
  return histogram;
}

TEST(Histogram, QuantilesOfRandomDurationsAreWithinThreePercent) {
  std::mt19937_64 random(20261121);
  for (const double ticks_per_ns : {1.0, 2.596, 3.7, 0.1}) {
    for (const double typical_ticks : {4.0, 60.0, 900.0, 3e5, 2e9}) {
      std::lognormal_distribution<double> distribution(std::log(typical_ticks), 1.3);
      std::vector<std::uint64_t> ticks;
      std::vector<double> exact_ns;
      for (int sample = 0; sample < 5000; ++sample) {
        // The exact value of what the clock gave: whole ticks.
        ticks.push_back(static_cast<std::uint64_t>(std::max(1.0, distribution(random))));
        exact_ns.push_back(static_cast<double>(ticks.back()) / ticks_per_ns);
      }
      const Histogram histogram = recorded(ticks, ticks_per_ns);
      EXPECT_EQ(histogram.count(), ticks.size());
      for (const double share : {0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        const double exact = exact_quantile(exact_ns, share);
        EXPECT_NEAR(histogram.quantile_ns(share), exact, exact * 0.03)
            << "share " << share << ", " << ticks_per_ns << " ticks/ns, typically " << typical_ticks << " ticks";
      }
    }
  }
}

TEST(Histogram, EveryDurationLiesInItsBucket) {
  std::mt19937_64 random(7);
  for (int sample = 0; sample < 20000; ++sample) {
    const std::uint64_t picoseconds = random() >> (random() % 63);
    const auto [lower_ns, upper_ns] = Histogram::bounds_ns(Histogram::index_of(picoseconds));
    EXPECT_LE(lower_ns, static_cast<double>(picoseconds) * 1e-3 * (1 + 1e-15));
    EXPECT_GE(upper_ns, static_cast<double>(picoseconds) * 1e-3 * (1 - 1e-15));
    if (picoseconds > 64) {
      EXPECT_LE(upper_ns - lower_ns, lower_ns / 64 * (1 + 1e-12));
    }
  }
  EXPECT_EQ(Histogram::index_of(0), 0u);
  EXPECT_EQ(Histogram::index_of(1), 0u);
  EXPECT_EQ(Histogram::index_of(2), 64u);
  EXPECT_EQ(Histogram::index_of(3), 96u);
}

TEST(Histogram, EncodingIsTheDocumentedOne) {
  Histogram histogram;
  histogram.add(2, 3);     // index 64
  histogram.add(3, 200);   // index 96
  histogram.add(1000, 1);  // octave 9, step (1000 * 64 / 512) - 64 = 61: index 637
  EXPECT_EQ(histogram.encode(), (std::vector<std::uint8_t>{64, 3, 32, 0xc8, 0x01, 0x9d, 0x04, 1}));
}

TEST(Histogram, DecodingGivesBackWhatWasEncoded) {
  std::mt19937_64 random(11);
  Histogram histogram;
  for (int sample = 0; sample < 1000; ++sample)
    histogram.add(random() >> (random() % 60), 1 + random() % 1000);
  const Result<Histogram> decoded = Histogram::decode(histogram.encode());
  ASSERT_TRUE(decoded) << decoded.message();
  EXPECT_EQ(decoded->encode(), histogram.encode());
  EXPECT_EQ(decoded->quantile_ns(0.5), histogram.quantile_ns(0.5));
}

TEST(Histogram, MergingEqualsAddingTogether) {
  Histogram left, right, both;
  for (std::uint64_t value = 1; value < 3000; value += 7) {
    (value % 3 == 0 ? left : right).add(value * value);
    both.add(value * value);
  }
  left.merge(right);
  EXPECT_EQ(left.encode(), both.encode());
  EXPECT_EQ(left.count(), both.count());
}

TEST(Histogram, EmptyIsEmpty) {
  EXPECT_EQ(Histogram().quantile_ns(0.5), 0);
  EXPECT_TRUE(Histogram().encode().empty());
  ASSERT_TRUE(Histogram::decode({}));
}

TEST(Histogram, DamagedBytesAreRefused) {
  const auto decode = [](std::vector<std::uint8_t> bytes) { return static_cast<bool>(Histogram::decode(bytes)); };
  EXPECT_TRUE(decode({64, 3, 32, 1}));
  EXPECT_FALSE(decode({64}));             // no count
  EXPECT_FALSE(decode({64, 0x83}));       // ends inside a number
  EXPECT_FALSE(decode({64, 0}));          // counts nothing
  EXPECT_FALSE(decode({64, 3, 0, 3}));    // same bucket twice
  EXPECT_FALSE(decode({0xff, 0x7f, 1}));  // beyond 2^64 ps
  EXPECT_FALSE(decode(std::vector<std::uint8_t>(20, 0xff)));
}

}  // namespace
}  // namespace tulkki::test
