#include "web/fetch/header_data.h"

namespace skerry::web {

std::optional<std::string> HeaderData::get(std::string_view lower_name) {
  if (head_ && facts_ != nullptr && facts_->adjusts(lower_name)) materialise();
  if (!head_) return list_.get(lower_name);
  std::optional<std::string> found;
  for (const types::HeaderSlice& slice : head_->headers) {
    if (slice.name_size != lower_name.size() ||
        !types::equals_ignoring_case(head_->name(slice), lower_name))
      continue;
    if (!found)
      found = std::string(head_->value(slice));
    else
      (*found += ", ") += head_->value(slice);
  }
  return found;
}

void HeaderData::materialise() {
  Ref<types::RequestHead> head = std::move(head_);
  head_ = {};
  for (const types::HeaderSlice& slice : head->headers)
    list_.append(head->name(slice), head->value(slice));
  if (facts_ != nullptr) facts_->adjust_headers(*head, list_);
}

}  // namespace skerry::web
