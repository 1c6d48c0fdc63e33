#include "index/catalog/index_blocks.h"

namespace selene::index {
namespace {

struct Block {
  std::string_view setting;
  std::string_view text;
  // Which calls it forbids.
  bool read, write, metadata_read, metadata_write, remove;
};

constexpr Block kBlocks[] = {
    {"index.blocks.read_only", "FORBIDDEN/5/index read-only (api)", false, true, false, true, true},
    {"index.blocks.read", "FORBIDDEN/7/index read (api)", true, false, false, false, false},
    {"index.blocks.write", "FORBIDDEN/8/index write (api)", false, true, false, false, false},
    {"index.blocks.metadata", "FORBIDDEN/9/index metadata (api)", false, false, true, true, true},
    {"index.blocks.read_only_allow_delete",
     "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block", false, true, false,
     true, false},
};

bool forbids(const Block& block, BlockLevel level) {
  switch (level) {
    case BlockLevel::kRead: return block.read;
    case BlockLevel::kWrite: return block.write;
    case BlockLevel::kMetadataRead: return block.metadata_read;
    case BlockLevel::kMetadataWrite: return block.metadata_write;
    case BlockLevel::kDelete: return block.remove;
  }
  return false;
}

}  // namespace

base::Status check_blocks(const Index& index, BlockLevel level) {
  std::string texts;
  for (const Block& block : kBlocks) {
    if (!forbids(block, level)) continue;
    const auto at = index.settings.flat.find(block.setting);
    if (at != index.settings.flat.end() && at->second == "true") texts += base::format("[{}];", block.text);
  }
  if (texts.empty()) return {};
  const bool flood_stage_alone = texts.starts_with("[TOO_MANY_REQUESTS/");  // it stands last
  return base::Error(flood_stage_alone ? base::ErrorCode::kFloodStage : base::ErrorCode::kClusterBlock, "index [{}] blocked by: {}",
                     index.name, texts);
}

base::Error index_closed(const Index& index) {
  return base::Error(base::ErrorCode::kIndexClosed, std::string("closed")).with("index_uuid", index.uuid).with("index", index.name);
}

}  // namespace selene::index
