#include "search/script/vector_source.h"

#include <algorithm>

#include "index/vectors/segment_vectors.h"

namespace selene::search {
namespace {

class StoredVectorSource final : public VectorSource {
 public:
  StoredVectorSource(const index::VectorRows& rows, const std::vector<index::DocId>& docs) : rows_(rows), docs_(docs) {}
  std::span<const float> vector(index::DocId doc) override {
    const auto at = std::lower_bound(docs_.begin(), docs_.end(), doc);
    if (at == docs_.end() || *at != doc) return {};
    rows_.values(static_cast<uint32_t>(at - docs_.begin()), values_);
    return values_;
  }

 private:
  const index::VectorRows& rows_;
  const std::vector<index::DocId>& docs_;
  index::VectorValues values_;
};

}  // namespace

std::unique_ptr<VectorSource> open_vectors(const index::SegmentReader& segment, const index::MappedField& field) {
  const index::SegmentVectors* const vectors = segment.vectors(field.name);
  const std::vector<index::DocId>* const docs = segment.docs_with_field(field.name);
  if (vectors == nullptr || docs == nullptr || docs->size() != vectors->size()) return nullptr;
  return std::make_unique<StoredVectorSource>(vectors->rows(), *docs);
}

bool holds_vectors(const index::MappedField& field) { return field.type == index::FieldType::kDenseVector; }

}  // namespace selene::search
