#include "index/formats/segment_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "index/engine/temporary_folder.h"

namespace selene::index {
namespace {

class SegmentFileTest : public testing::Test {
 protected:
  SegmentFileTest() : path_(folder_.path() / "file") {
    auto writer = SegmentFileWriter::create(path_);
    EXPECT_TRUE(writer);
    (*writer)->section(SectionKind::kTerms, 3, "terms of three");
    (*writer)->section(SectionKind::kNorms, 3, "");
    (*writer)->section(SectionKind::kFields, kNoField, std::string(60, 'f'));
    EXPECT_TRUE((*writer)->finish());
    std::ifstream in(path_, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
  }
  base::Result<std::shared_ptr<const SegmentFile>> open_bytes(std::string_view bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    return SegmentFile::open(path_, SegmentFile::Verify::kChecksums);
  }

  TemporaryFolder folder_;
  std::filesystem::path path_;
  std::string bytes_;
};

TEST_F(SegmentFileTest, SectionsReadBack) {
  const auto file = SegmentFile::open(path_, SegmentFile::Verify::kChecksums);
  ASSERT_TRUE(file) << file.error().reason();
  EXPECT_EQ((*file)->find(SectionKind::kTerms, 3), "terms of three");
  EXPECT_EQ((*file)->find(SectionKind::kFields, kNoField), std::string(60, 'f'));
  EXPECT_TRUE((*file)->has(SectionKind::kNorms, 3));
  EXPECT_FALSE((*file)->has(SectionKind::kNorms, 4));
  EXPECT_EQ((*file)->find(SectionKind::kIds, kNoField), "");
}

// Bytes between sections are padding: nothing reads them.
TEST_F(SegmentFileTest, EveryFlippedBitIsFoundOrIsPadding) {
  const auto clean = open_bytes(bytes_);
  ASSERT_TRUE(clean);
  const std::vector<SegmentFile::Section> sections = (*clean)->sections();
  for (size_t at = 0; at < bytes_.size(); ++at) {
    std::string damaged = bytes_;
    damaged[at] ^= 0x10;
    const auto file = open_bytes(damaged);
    if (!file) {
      EXPECT_EQ(file.error().code(), base::ErrorCode::kCorruptIndex);
      EXPECT_NE(file.error().reason().find(path_.string()), std::string::npos);
      continue;
    }
    for (const auto& section : sections) EXPECT_FALSE(at >= section.offset && at < section.offset + section.length) << at;
  }
}

TEST_F(SegmentFileTest, EveryCutIsRefused) {
  for (size_t length = 0; length < bytes_.size(); ++length) EXPECT_FALSE(open_bytes(bytes_.substr(0, length))) << length;
  EXPECT_FALSE(open_bytes(bytes_ + "x"));
}

TEST_F(SegmentFileTest, AnUnfinishedFileIsRemoved) {
  const std::filesystem::path path = folder_.path() / "unfinished";
  {
    auto writer = SegmentFileWriter::create(path);
    ASSERT_TRUE(writer);
    (*writer)->begin_section(SectionKind::kIds, kNoField);
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(SegmentFileTest, AFullDiskIsAnErrorOfFinish) {
  const std::filesystem::path path = folder_.path() / "full";
  std::filesystem::create_symlink("/dev/full", path);
  auto writer = SegmentFileWriter::create(path);
  ASSERT_TRUE(writer);
  (*writer)->section(SectionKind::kIds, kNoField, std::string(1 << 20, 'x'));
  const base::Status finished = (*writer)->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code(), base::ErrorCode::kIo);
}

}  // namespace
}  // namespace selene::index
