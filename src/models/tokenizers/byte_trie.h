#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace selene::models {

/// Byte strings to values >= 0, as a double array: a step from a node by a byte is one load of 8 bytes and one comparison.
///
///   unit[base(node) + byte] is the child by `byte` iff its label is `byte`; no two nodes share a base, so no parent is stored.
///
/// Immutable after build, thread-safe. Source: Aoe, "An efficient digital search algorithm by using a double-array structure",
/// 1989; unique bases as in Yata's darts-clone.
class ByteTrie {
 public:
  struct Entry {
    std::string_view key;
    int32_t value;
  };
  /// Where a walk stands. Valid for the trie that gave it.
  using Node = uint32_t;
  static constexpr Node kRoot = 0;
  static constexpr Node kNone = 0xFFFFFFFF;
  /// So many nodes fit; a build that needs more fails.
  static constexpr uint32_t kMaxUnits = 1u << 23;

  /// Equal keys: the last one counts. False if there are more than kMaxUnits nodes; the trie is then empty.
  bool build(std::vector<Entry> entries);

  Node child(Node node, uint8_t byte) const {
    const uint32_t next = (units_[node].link >> kLabelBits) + byte;
    return (units_[next].link & kLabelMask) == byte ? next : kNone;
  }
  /// -1 if no key ends here.
  int32_t value(Node node) const { return units_[node].value; }
  /// The node behind `bytes`, or kNone.
  Node walk(Node node, std::string_view bytes) const {
    for (const char c : bytes) {
      if (node == kNone) return kNone;
      node = child(node, static_cast<uint8_t>(c));
    }
    return node;
  }
  /// The value of a whole key, -1 if there is none.
  int32_t find(std::string_view key) const {
    const Node node = walk(kRoot, key);
    return node == kNone ? -1 : value(node);
  }
  bool empty() const { return num_keys_ == 0; }
  /// Nodes are less than it.
  size_t num_nodes() const { return units_.size(); }
  size_t num_keys() const { return num_keys_; }
  size_t size_bytes() const { return units_.size() * sizeof(Unit); }

 private:
  friend class ByteTrieBuilder;
  static constexpr uint32_t kLabelBits = 9;
  static constexpr uint32_t kLabelMask = (1u << kLabelBits) - 1;
  static constexpr uint32_t kNoLabel = 256;
  /// link: base << 9 | label; label 256 stands for a free unit and for the root; base 0 for a node without children.
  struct Unit {
    uint32_t link = kNoLabel;
    int32_t value = -1;
  };
  // 257 units even when empty: `child` of a node without children reads unit[byte].
  std::vector<Unit> units_ = std::vector<Unit>(257);
  size_t num_keys_ = 0;
};

}  // namespace selene::models
