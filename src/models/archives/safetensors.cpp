#include "models/archives/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <set>

#include "base/json/json_document.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using base::JsonValue;

struct DTypeEntry {
  std::string_view name;
  DType dtype;
  int64_t bytes;
};
constexpr std::array kDTypes = {
    DTypeEntry{"F32", DType::kF32, 4},   DTypeEntry{"F16", DType::kF16, 2},    DTypeEntry{"BF16", DType::kBf16, 2},
    DTypeEntry{"F64", DType::kF64, 8},   DTypeEntry{"I64", DType::kI64, 8},    DTypeEntry{"I32", DType::kI32, 4},
    DTypeEntry{"I16", DType::kI16, 2},   DTypeEntry{"I8", DType::kI8, 1},      DTypeEntry{"U64", DType::kU64, 8},
    DTypeEntry{"U32", DType::kU32, 4},   DTypeEntry{"U16", DType::kU16, 2},    DTypeEntry{"U8", DType::kU8, 1},
    DTypeEntry{"BOOL", DType::kBool, 1}, DTypeEntry{"F8_E4M3", DType::kF8, 1}, DTypeEntry{"F8_E5M2", DType::kF8, 1},
};
constexpr int64_t kMaxElements = int64_t{1} << 40;
constexpr size_t kMaxDimensions = 16;

Error damaged(const std::filesystem::path& path, std::string reason) {
  return Error(ErrorCode::kIllegalArgument, "[{}] is damaged: {}", path.string(), std::move(reason));
}

base::Result<DType> parse_dtype(std::string_view tensor, JsonValue value, const std::filesystem::path& path) {
  if (!value.is_string()) return damaged(path, base::format("tensor [{}] has no [dtype] string", tensor));
  for (const DTypeEntry& entry : kDTypes) {
    if (entry.name == value.as_string()) return entry.dtype;
  }
  return damaged(path, base::format("tensor [{}] has the unknown dtype [{}]", tensor, value.as_string()));
}

/// A JSON integer in [0, limit]; nothing for anything else.
std::optional<int64_t> bounded_integer(JsonValue value, int64_t limit) {
  if (value.type() != base::JsonType::kInt64) return std::nullopt;
  const int64_t number = value.as_int64();
  if (number < 0 || number > limit) return std::nullopt;
  return number;
}

base::Status parse_shape(JsonValue value, TensorView& tensor, int64_t& elements, const std::filesystem::path& path) {
  if (!value.is_array() || value.as_array().size() > kMaxDimensions) {
    return damaged(path, base::format("tensor [{}] has no [shape] array of at most {} numbers", tensor.name, kMaxDimensions));
  }
  elements = 1;
  for (const JsonValue item : value.as_array()) {
    const auto extent = bounded_integer(item, kMaxElements);
    if (!extent || (*extent != 0 && elements > kMaxElements / *extent)) {
      return damaged(path, base::format("tensor [{}] has an impossible shape", tensor.name));
    }
    elements *= *extent;
    tensor.shape.push_back(*extent);
  }
  return {};
}

/// One entry of the header; `data` is the whole data section.
base::Result<TensorView> parse_tensor(std::string_view name, JsonValue entry, std::span<const std::byte> data,
                                      const std::filesystem::path& path) {
  TensorView tensor;
  tensor.name = std::string(name);
  if (!entry.is_object()) return damaged(path, base::format("the entry of tensor [{}] is not an object", name));
  ASSIGN_OR_RETURN(tensor.dtype, parse_dtype(name, entry["dtype"], path));
  int64_t elements = 0;
  RETURN_IF_ERROR(parse_shape(entry["shape"], tensor, elements, path));
  const JsonValue offsets = entry["data_offsets"];
  const auto limit = static_cast<int64_t>(data.size());
  std::array<int64_t, 2> range{};
  if (!offsets.is_array() || offsets.as_array().size() != 2) {
    return damaged(path, base::format("tensor [{}] has no [data_offsets] pair", name));
  }
  size_t i = 0;
  for (const JsonValue item : offsets.as_array()) {
    const auto offset = bounded_integer(item, limit);
    if (!offset) return damaged(path, base::format("tensor [{}] lies outside the file's {} bytes of data", name, limit));
    range[i++] = *offset;
  }
  const int64_t needed = elements * dtype_bytes(tensor.dtype);
  if (range[1] - range[0] != needed) {
    return damaged(path,
                   base::format("tensor [{}] {} {} needs {} bytes but its offsets [{}, {}) hold {}", name, dtype_name(tensor.dtype),
                                shape_text(tensor.shape), needed, range[0], range[1], range[1] - range[0]));
  }
  tensor.bytes = data.subspan(static_cast<size_t>(range[0]), static_cast<size_t>(needed));
  return tensor;
}

/// The tensors must cover the data section, each byte once.
base::Status check_cover(std::vector<const TensorView*> tensors, std::span<const std::byte> data,
                         const std::filesystem::path& path) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorView* a, const TensorView* b) {
    return a->bytes.data() != b->bytes.data() ? a->bytes.data() < b->bytes.data() : a->bytes.size() < b->bytes.size();
  });
  const std::byte* next = data.data();
  for (const TensorView* tensor : tensors) {
    if (tensor->bytes.data() < next) return damaged(path, base::format("tensor [{}] overlaps another", tensor->name));
    if (tensor->bytes.data() > next) return damaged(path, base::format("there is a hole before tensor [{}]", tensor->name));
    const auto alignment = static_cast<uintptr_t>(dtype_bytes(tensor->dtype));
    if (!tensor->bytes.empty() && reinterpret_cast<uintptr_t>(tensor->bytes.data()) % alignment != 0) {
      return damaged(path, base::format("tensor [{}] is not aligned to its {} bytes an element", tensor->name, alignment));
    }
    next += tensor->bytes.size();
  }
  const auto rest = data.data() + data.size() - next;
  if (rest != 0) return damaged(path, base::format("{} bytes behind the last tensor belong to none", rest));
  return {};
}

struct Sections {
  std::string_view header;
  std::span<const std::byte> data;
};

base::Result<Sections> split_sections(std::span<const std::byte> bytes, const std::filesystem::path& path) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t length = 0;
  if (bytes.size() < sizeof length) {
    return damaged(path, base::format("it has {} bytes, too few for a safetensors header", bytes.size()));
  }
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > TensorMap::kMaxHeaderBytes) {
    return damaged(path, base::format("its header claims {} bytes, more than the limit of {}", length, TensorMap::kMaxHeaderBytes));
  }
  if (length > bytes.size() - sizeof length) {
    return damaged(path, base::format("its header claims {} bytes but only {} are left", length, bytes.size() - sizeof length));
  }
  const auto* text = reinterpret_cast<const char*>(bytes.data() + sizeof length);
  return Sections{{text, static_cast<size_t>(length)}, bytes.subspan(sizeof length + static_cast<size_t>(length))};
}

}  // namespace

std::string_view dtype_name(DType dtype) {
  for (const DTypeEntry& entry : kDTypes) {
    if (entry.dtype == dtype) return entry.name;
  }
  return "?";
}

int64_t dtype_bytes(DType dtype) {
  for (const DTypeEntry& entry : kDTypes) {
    if (entry.dtype == dtype) return entry.bytes;
  }
  return 1;
}

std::string shape_text(std::span<const int64_t> shape) {
  std::string text = "[";
  for (const int64_t extent : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(extent);
  }
  return text + "]";
}

base::Status TensorMap::add_file(const std::filesystem::path& path) {
  auto file = std::make_unique<File>();
  ASSIGN_OR_RETURN(file->mapped, MappedFile::open(path));
  ASSIGN_OR_RETURN(Sections sections, split_sections(file->mapped.bytes(), path));
  if (reinterpret_cast<uintptr_t>(sections.data.data()) % sizeof(uint64_t) != 0 && !sections.data.empty()) {
    file->copy.resize((sections.data.size() + 7) / 8);
    std::memcpy(file->copy.data(), sections.data.data(), sections.data.size());
    sections.data = std::as_bytes(std::span(file->copy)).first(sections.data.size());
  }
  auto document = base::JsonDocument::parse(sections.header, 8);
  if (!document) return std::move(damaged(path, "its header is not valid JSON")).with_cause(std::move(document).error());
  if (!document->root().is_object()) return damaged(path, "its header is not a JSON object");
  std::vector<const TensorView*> added;
  for (const auto [name, entry] : document->root().as_object()) {
    if (name == "__metadata__") continue;
    ASSIGN_OR_RETURN(TensorView tensor, parse_tensor(name, entry, sections.data, path));
    const auto [at, inserted] = tensors_.emplace(tensor.name, std::move(tensor));
    if (!inserted) return damaged(path, base::format("tensor [{}] stands twice", name));
    added.push_back(&at->second);
  }
  RETURN_IF_ERROR(check_cover(std::move(added), sections.data, path));
  files_.push_back(std::move(file));
  return {};
}

base::Result<TensorMap> TensorMap::open(const std::filesystem::path& file) {
  TensorMap map;
  map.source_ = file;
  RETURN_IF_ERROR(map.add_file(file));
  return map;
}

base::Result<TensorMap> TensorMap::open_folder(const std::filesystem::path& folder) {
  const auto single = folder / "model.safetensors";
  const auto index = folder / "model.safetensors.index.json";
  std::error_code ignored;
  if (std::filesystem::exists(single, ignored)) return open(single);
  if (!std::filesystem::exists(index, ignored)) {
    return Error(ErrorCode::kResourceNotFound, "[{}] has neither [model.safetensors] nor [model.safetensors.index.json]",
                 folder.string());
  }
  TensorMap map;
  map.source_ = index;
  ASSIGN_OR_RETURN(const MappedFile text, MappedFile::open(index));
  if (text.bytes().size() > kMaxHeaderBytes) return damaged(index, "it is over 100 MB");
  auto document = base::JsonDocument::parse({reinterpret_cast<const char*>(text.bytes().data()), text.bytes().size()}, 8);
  if (!document) return std::move(damaged(index, "it is not valid JSON")).with_cause(std::move(document).error());
  const JsonValue weight_map = document->root()["weight_map"];
  if (!weight_map.is_object()) return damaged(index, "it has no [weight_map] object");
  std::set<std::string_view> shards;
  for (const auto [name, shard] : weight_map.as_object()) {
    const std::string_view file = shard.is_string() ? shard.as_string() : std::string_view();
    if (file.empty() || file.find('/') != std::string_view::npos || file == "..") {
      return damaged(index, base::format("tensor [{}] names no file of this folder", name));
    }
    shards.insert(file);
  }
  for (const std::string_view shard : shards) RETURN_IF_ERROR(map.add_file(folder / shard));
  for (const auto [name, shard] : weight_map.as_object()) {
    if (map.find(name) == nullptr) return damaged(index, base::format("tensor [{}] is not in [{}]", name, shard.as_string()));
  }
  return map;
}

TensorMap TensorMap::of_views(std::filesystem::path source, std::vector<TensorView> views, std::shared_ptr<const void> owner) {
  TensorMap map;
  map.source_ = std::move(source);
  map.owner_ = std::move(owner);
  for (TensorView& view : views) {
    std::string name = view.name;
    map.tensors_.insert_or_assign(std::move(name), std::move(view));
  }
  return map;
}

const TensorView* TensorMap::find(std::string_view name) const {
  const auto at = tensors_.find(name);
  return at == tensors_.end() ? nullptr : &at->second;
}

void TensorMap::release(const TensorView& tensor) const {
  for (const auto& file : files_) {
    if (file->copy.empty() && tensor.bytes.data() >= file->mapped.bytes().data() &&
        tensor.bytes.data() < file->mapped.bytes().data() + file->mapped.bytes().size()) {
      file->mapped.release(tensor.bytes);
    }
  }
}

}  // namespace selene::models
