#include "models/archives/torchscript_archive.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

#include "models/archives/zip_archive.h"

namespace selene::models {
namespace {

using base::Error;
using base::ErrorCode;
using Bytes = std::span<const std::byte>;

template <class... Args>
Error bad(base::format_string<Args...> fmt, Args&&... args) {
  return Error(ErrorCode::kIllegalArgument,
               "the TorchScript archive is refused: " + base::format(fmt, std::forward<Args>(args)...));
}

int64_t element_count(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t n : shape) count *= n;  // the pickle reader has bounded the product
  return count;
}

bool is_row_major(const TorchTensor& tensor) {
  int64_t expected = 1;
  for (size_t d = tensor.shape.size(); d-- > 0;) {
    if (tensor.shape[d] != 1 && tensor.strides[d] != expected) return false;
    expected *= tensor.shape[d];
  }
  return true;
}

/// Copies the elements in row-major order.
void gather_elements(const TorchTensor& tensor, Bytes storage, std::byte* to) {
  const auto size = static_cast<size_t>(dtype_bytes(tensor.storage.dtype));
  std::vector<int64_t> index(tensor.shape.size(), 0);
  for (int64_t left = element_count(tensor.shape); left > 0; --left, to += size) {
    int64_t at = tensor.offset;
    for (size_t d = 0; d < index.size(); ++d) at += index[d] * tensor.strides[d];
    std::memcpy(to, storage.data() + static_cast<size_t>(at) * size, size);
    for (size_t d = index.size(); d-- > 0;) {
      if (++index[d] < tensor.shape[d]) break;
      index[d] = 0;
    }
  }
}

class ArchiveReader {
 public:
  explicit ArchiveReader(Bytes file) : file_(file) {}
  base::Result<TorchScriptArchive> read();

 private:
  base::Status check_layout();
  base::Result<std::string> entry(const std::string& name, size_t max_bytes) const;
  base::Result<std::string> code_path(const std::string& module_class);
  base::Result<Bytes> storage(const TorchStorage& storage);
  base::Result<TensorView> tensor(const TorchTensor& tensor, std::string name);
  base::Result<TracedConstant> constant(const TorchConstant& constant, const std::string& name);
  base::Result<PackedLinear> packed(const TorchPackedLinear& linear, const std::string& name);

  Bytes file_;
  ZipArchive zip_;
  std::string top_;  // with its slash
  std::map<std::string, Bytes> storages_;
  size_t copied_bytes_ = 0;
  TorchScriptArchive archive_;
};

base::Status ArchiveReader::check_layout() {
  if (zip_.entries().empty()) return bad("it has no entries");
  const std::string& first = zip_.entries().front().name;
  top_ = first.substr(0, std::min(first.find('/'), first.size())) + "/";
  for (const ZipArchive::Entry& entry : zip_.entries()) {
    if (!entry.name.starts_with(top_)) return bad("entry [{}] lies outside the folder [{}]", entry.name, top_);
    if (entry.name.starts_with(top_ + "data/")) return bad("it is not frozen: [{}] holds parameters beside the code", entry.name);
  }
  if (zip_.find(top_ + "byteorder") == nullptr) return {};
  ASSIGN_OR_RETURN(const std::string order, entry("byteorder", 64));
  if (!order.starts_with("little")) return bad("its numbers are not little-endian");
  return {};
}

base::Result<std::string> ArchiveReader::entry(const std::string& name, size_t max_bytes) const {
  const ZipArchive::Entry* found = zip_.find(top_ + name);
  if (found == nullptr) return bad("it has no entry [{}]", top_ + name);
  return zip_.read(*found, max_bytes);
}

/// "__torch__.some.module Name" -> "code/__torch__/some/module.py"
base::Result<std::string> ArchiveReader::code_path(const std::string& module_class) {
  const size_t blank = module_class.find(' ');
  if (blank == std::string::npos || blank + 1 == module_class.size()) return bad("its root class [{}] has no name", module_class);
  archive_.class_name = module_class.substr(blank + 1);
  std::string path = module_class.substr(0, blank);
  std::replace(path.begin(), path.end(), '.', '/');
  return "code/" + path + ".py";
}

/// The bytes of a storage, as many as it says.
base::Result<Bytes> ArchiveReader::storage(const TorchStorage& storage) {
  auto found = storages_.find(storage.key);
  if (found == storages_.end()) {
    const ZipArchive::Entry* entry = zip_.find(top_ + "constants/" + storage.key);
    if (entry == nullptr) return bad("it has no entry [{}constants/{}]", top_, storage.key);
    ASSIGN_OR_RETURN(const Bytes bytes, zip_.stored(*entry));
    found = storages_.emplace(storage.key, bytes).first;
  }
  const auto size = static_cast<uint64_t>(dtype_bytes(storage.dtype));
  if (found->second.size() % size != 0 || found->second.size() / size != static_cast<uint64_t>(storage.num_elements)) {
    return bad("storage [{}] has [{}] bytes, which are not [{}] numbers of {}", storage.key, found->second.size(),
               storage.num_elements, dtype_name(storage.dtype));
  }
  return found->second;
}

base::Result<TensorView> ArchiveReader::tensor(const TorchTensor& tensor, std::string name) {
  ASSIGN_OR_RETURN(const Bytes all, storage(tensor.storage));
  const auto size = static_cast<size_t>(dtype_bytes(tensor.storage.dtype));
  const size_t num_bytes = static_cast<size_t>(element_count(tensor.shape)) * size;
  TensorView view{std::move(name), tensor.storage.dtype, tensor.shape, {}};
  if (num_bytes == 0) return view;
  const std::byte* begin = all.data() + static_cast<size_t>(tensor.offset) * size;
  if (is_row_major(tensor) && reinterpret_cast<uintptr_t>(begin) % size == 0) {
    view.bytes = {begin, num_bytes};
    return view;
  }
  copied_bytes_ += num_bytes;
  if (copied_bytes_ > file_.size()) return bad("its tensors overlap: they are larger than the file");
  archive_.copies.push_back(std::make_unique<uint64_t[]>((num_bytes + 7) / 8));
  auto* to = reinterpret_cast<std::byte*>(archive_.copies.back().get());
  gather_elements(tensor, all, to);
  view.bytes = {to, num_bytes};
  return view;
}

base::Result<PackedLinear> ArchiveReader::packed(const TorchPackedLinear& linear, const std::string& name) {
  PackedLinear layer;
  const TorchTensor::Affine affine = linear.weight.affine.value_or(TorchTensor::Affine{});
  if (affine.zero_point != 0) return bad("the weight of [{}] has zero point [{}]; 0 is read", name, affine.zero_point);
  layer.scale = static_cast<float>(affine.scale);
  if (!std::isfinite(layer.scale) || layer.scale < 0.0F) return bad("the weight of [{}] has a scale that is no number", name);
  ASSIGN_OR_RETURN(layer.weight, tensor(linear.weight, name));
  if (linear.bias) {
    ASSIGN_OR_RETURN(layer.bias, tensor(*linear.bias, name + ".bias"));
  }
  return layer;
}

base::Result<TracedConstant> ArchiveReader::constant(const TorchConstant& constant, const std::string& name) {
  if (const auto* found = std::get_if<TorchTensor>(&constant)) {
    ASSIGN_OR_RETURN(TensorView view, tensor(*found, name));
    return TracedConstant(std::move(view));
  }
  if (const auto* found = std::get_if<TorchPackedLinear>(&constant)) {
    ASSIGN_OR_RETURN(PackedLinear layer, packed(*found, name));
    return TracedConstant(std::move(layer));
  }
  if (const auto* number = std::get_if<int64_t>(&constant)) return TracedConstant(static_cast<double>(*number));
  if (const auto* number = std::get_if<double>(&constant)) return TracedConstant(*number);
  if (const auto* flag = std::get_if<bool>(&constant)) return TracedConstant(*flag ? 1.0 : 0.0);
  return TracedConstant(std::monostate{});
}

base::Result<TorchScriptArchive> ArchiveReader::read() {
  ASSIGN_OR_RETURN(zip_, ZipArchive::parse(file_));
  RETURN_IF_ERROR(check_layout());
  ASSIGN_OR_RETURN(const std::string root, entry("data.pkl", kMaxPickleBytes));
  ASSIGN_OR_RETURN(const std::string module_class, read_module_class(root));
  ASSIGN_OR_RETURN(const std::string path, code_path(module_class));
  ASSIGN_OR_RETURN(const std::string text, entry(path, TorchGraph::kMaxTextBytes));
  ASSIGN_OR_RETURN(archive_.graph, TorchGraph::parse(text));
  ASSIGN_OR_RETURN(const std::string pickle, entry("constants.pkl", kMaxPickleBytes));
  ASSIGN_OR_RETURN(const std::vector<TorchConstant> constants, read_torch_constants(pickle));
  for (size_t i = 0; i < constants.size(); ++i) {
    ASSIGN_OR_RETURN(TracedConstant one, constant(constants[i], base::format("CONSTANTS.c{}", i)));
    archive_.constants.push_back(std::move(one));
  }
  for (const GraphNode& node : archive_.graph.nodes) {
    if (node.op == TorchOp::kConstant && static_cast<uint64_t>(node.index) >= archive_.constants.size()) {
      return bad("its code names CONSTANTS.c{}, and there are [{}] constants", node.index, archive_.constants.size());
    }
  }
  return std::move(archive_);
}

}  // namespace

base::Result<TorchScriptArchive> TorchScriptArchive::read(Bytes file) { return ArchiveReader(file).read(); }

}  // namespace selene::models
