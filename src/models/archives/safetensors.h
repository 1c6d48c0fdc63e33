#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/archives/mapped_file.h"

namespace selene::models {

/// Element types of safetensors that we know the size of; weights are one of the first three.
enum class DType : uint8_t { kF32, kF16, kBf16, kF64, kI64, kI32, kI16, kI8, kU64, kU32, kU16, kU8, kBool, kF8 };
std::string_view dtype_name(DType dtype);
int64_t dtype_bytes(DType dtype);

/// One tensor, row-major; `bytes` belong to the TensorMap that gave it and are aligned to the element.
struct TensorView {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
};
/// "[30522, 384]".
std::string shape_text(std::span<const int64_t> shape);

/// The tensors of one or more safetensors files, mapped. Immutable, thread-safe; movable.
///
/// Layout of a file: u64 little-endian n; n bytes of JSON {name: {"dtype", "shape", "data_offsets": [begin, end)}} with an optional
/// "__metadata__"; then the data, which the tensors must cover without holes or overlaps.
/// Source: huggingface/safetensors, README "Format".
class TensorMap {
 public:
  static constexpr uint64_t kMaxHeaderBytes = 100'000'000;

  TensorMap() = default;
  /// Errors: kResourceNotFound if there is no file; kIllegalArgument naming the file and the fault.
  static base::Result<TensorMap> open(const std::filesystem::path& file);
  /// The weights of a Hugging Face folder: model.safetensors, or the shards of model.safetensors.index.json.
  /// Errors: those of `open`; kResourceNotFound if there is neither; kIllegalArgument if index and shards disagree.
  static base::Result<TensorMap> open_folder(const std::filesystem::path& folder);

  /// Tensors that lie elsewhere, each under its own name; `owner` keeps their bytes.
  static TensorMap of_views(std::filesystem::path source, std::vector<TensorView> views, std::shared_ptr<const void> owner);

  /// nullptr if there is none. Valid as long as the map.
  const TensorView* find(std::string_view name) const;
  const std::map<std::string, TensorView, std::less<>>& tensors() const { return tensors_; }
  /// What messages call the weights: the file, or the index of the shards.
  const std::filesystem::path& source() const { return source_; }
  /// Its pages need not stay in memory any longer.
  void release(const TensorView& tensor) const;

 private:
  struct File {
    MappedFile mapped;
    std::vector<uint64_t> copy;  // the data section, where the file's is not aligned to 8 bytes
  };
  base::Status add_file(const std::filesystem::path& path);

  std::filesystem::path source_;
  std::vector<std::unique_ptr<File>> files_;
  std::shared_ptr<const void> owner_;  // of views that lie elsewhere
  std::map<std::string, TensorView, std::less<>> tensors_;
};

}  // namespace selene::models
