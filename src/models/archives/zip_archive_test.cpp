#include "models/archives/zip_archive.h"

#include <gtest/gtest.h>

#include "models/archives/zip_test_support.h"

namespace selene::models {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::string refusal(const std::string& file) {
  const auto archive = ZipArchive::parse(bytes_of(file));
  return archive.has_value() ? "" : archive.error().reason();
}
testing::AssertionResult refused(const std::string& file, const std::string& with) {
  const std::string reason = refusal(file);
  if (reason.find(with) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "[" << reason << "] does not hold [" << with << "]";
}

TEST(ZipArchiveTest, StoredAndDeflatedEntriesReadBack) {
  for (const bool zip64 : {false, true}) {
    ZipBuilder zip;
    zip.stored("top/a", "some bytes");
    zip.deflated("top/code/b.py", std::string(5000, 'x'));
    zip.stored("top/empty", "");
    const std::string file = zip.build(zip64);
    const auto archive = ZipArchive::parse(bytes_of(file));
    ASSERT_TRUE(archive.has_value()) << archive.error().reason();
    ASSERT_EQ(archive->entries().size(), 3U);
    const auto stored = archive->stored(*archive->find("top/a"));
    ASSERT_TRUE(stored.has_value());
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(stored->data()), stored->size()), "some bytes");
    EXPECT_EQ(*archive->read(*archive->find("top/code/b.py"), 5000), std::string(5000, 'x'));
    EXPECT_EQ(*archive->read(*archive->find("top/empty"), 0), "");
    EXPECT_FALSE(archive->stored(*archive->find("top/code/b.py")).has_value());
    EXPECT_EQ(archive->find("top/c"), nullptr);
  }
}

TEST(ZipArchiveTest, WhatIsLargerThanTheCallerWantsIsNotInflated) {
  ZipBuilder zip;
  zip.deflated("bomb", std::string(1 << 20, '\0'));
  const std::string file = zip.build();
  const auto archive = ZipArchive::parse(bytes_of(file));
  ASSERT_TRUE(archive.has_value());
  EXPECT_FALSE(archive->read(*archive->find("bomb"), (1 << 20) - 1).has_value());
  EXPECT_TRUE(archive->read(*archive->find("bomb"), 1 << 20).has_value());
}

TEST(ZipArchiveTest, SizesThatDeflateCannotReachAreRefused) {
  ZipBuilder zip;
  zip.deflated("bomb", std::string(1000, '\0')).size_bytes = 3'000'000'000;
  EXPECT_TRUE(refused(zip.build(), "claims [3000000000] bytes"));
}

TEST(ZipArchiveTest, DeflatedEntriesThatHoldMoreOrLessThanTheyClaimAreRefused) {
  for (const uint64_t claimed : {999U, 1001U}) {
    ZipBuilder zip;
    zip.deflated("a", std::string(1000, 'x')).size_bytes = claimed;
    const std::string file = zip.build();
    const auto archive = ZipArchive::parse(bytes_of(file));
    ASSERT_TRUE(archive.has_value());
    const auto read = archive->read(*archive->find("a"), 10'000);
    ASSERT_FALSE(read.has_value());
    EXPECT_NE(read.error().reason().find("does not inflate to"), std::string::npos);
  }
}

TEST(ZipArchiveTest, DamagedBytesDoNotHaveTheirChecksum) {
  for (const bool deflated : {false, true}) {
    ZipBuilder zip;
    (deflated ? zip.deflated("a", "text text text") : zip.stored("a", "text")).crc += 1;
    const std::string file = zip.build();
    const auto archive = ZipArchive::parse(bytes_of(file));
    ASSERT_TRUE(archive.has_value());
    EXPECT_FALSE(archive->read(*archive->find("a"), 100).has_value());
  }
}

TEST(ZipArchiveTest, NamesThatClimbOrAreAbsoluteAreRefused) {
  for (const char* name : {"../a", "top/../../a", "/a", "top\\..\\a", "", "top//a", "./a", "a/..", "a\nb"}) {
    ZipBuilder zip;
    zip.stored(name, "x");
    EXPECT_TRUE(refused(zip.build(), "name is empty, absolute, climbs")) << name;
  }
}

TEST(ZipArchiveTest, AnEntryThatStandsTwiceIsRefused) {
  ZipBuilder zip;
  zip.stored("a", "1");
  zip.stored("a", "2");
  EXPECT_TRUE(refused(zip.build(), "[a] stands twice"));
}

TEST(ZipArchiveTest, OverlappingEntriesAreRefused) {
  ZipBuilder zip;
  zip.stored("a", std::string(200, 'x'));
  zip.stored("b", "y");
  const std::string good = zip.build();
  zip.entries()[0].compressed_bytes = zip.entries()[0].size_bytes = 220;
  EXPECT_TRUE(refused(zip.build(), "overlap"));

  ZipBuilder quine;  // many entries over the same bytes
  quine.stored("k0", std::string(1000, 'x'));
  quine.stored("k1", "");
  std::string file = quine.build();
  quine.entries()[1].header_begin = 1;  // keeps the first header's place for both
  EXPECT_FALSE(refusal(quine.build()).empty());
}

TEST(ZipArchiveTest, SizesAndOffsetsOutsideTheFileAreRefused) {
  ZipBuilder zip;
  zip.stored("a", "1234");
  zip.entries()[0].compressed_bytes = zip.entries()[0].size_bytes = 4000;
  EXPECT_TRUE(refused(zip.build(), "lies outside the file"));
  zip.entries()[0].compressed_bytes = zip.entries()[0].size_bytes = uint64_t{1} << 63;
  EXPECT_TRUE(refused(zip.build(true), "lies outside the file"));
  zip.entries()[0].compressed_bytes = zip.entries()[0].size_bytes = 4;
  zip.entries()[0].header_begin = 4000;
  EXPECT_TRUE(refused(zip.build(), "lies outside the file"));
}

TEST(ZipArchiveTest, StoredEntriesOfTwoSizesOtherMethodsAndEncryptionAreRefused) {
  ZipBuilder zip;
  zip.stored("a", "1234").size_bytes = 5;
  EXPECT_TRUE(refused(zip.build(), "has two sizes"));
  zip.entries()[0].size_bytes = 4;
  zip.entries()[0].method = 12;
  EXPECT_TRUE(refused(zip.build(), "compression method [12]"));
  zip.entries()[0].method = 0;
  zip.entries()[0].flags = 1;
  EXPECT_TRUE(refused(zip.build(), "is encrypted"));
}

TEST(ZipArchiveTest, AnotherNameInTheLocalHeaderIsRefused) {
  ZipBuilder zip;
  zip.stored("a", "1").local_name = "b";
  EXPECT_TRUE(refused(zip.build(), "another name in its local header"));
}

TEST(ZipArchiveTest, EveryCutOfAFileIsRefusedOrRead) {
  ZipBuilder zip;
  zip.stored("a", "some");
  zip.deflated("b", "text text text");
  const std::string file = zip.build();
  for (size_t size = 0; size < file.size(); ++size) EXPECT_FALSE(refusal(file.substr(0, size)).empty()) << size;
}

TEST(ZipArchiveTest, EveryFlippedByteIsRefusedOrRead) {
  ZipBuilder zip;
  zip.stored("a", "some");
  zip.deflated("b", "text text text");
  std::string file = zip.build(true);
  for (char& byte : file) {
    for (const char flip : {'\x01', '\x80', '\xFF'}) {
      byte ^= flip;
      const auto archive = ZipArchive::parse(bytes_of(file));
      if (archive.has_value()) {
        for (const ZipArchive::Entry& entry : archive->entries()) (void)archive->read(entry, 1000);
      }
      byte ^= flip;
    }
  }
}

}  // namespace
}  // namespace selene::models
