#include "js/litter.h"

#include "js/env.h"

namespace skerry::js {

Litter::Litter(Env& env) : env_(env), next_(env.first_litter_) {
  if (next_ != nullptr) next_->previous_ = this;
  env.first_litter_ = this;
  anchor_.Reset(env.isolate(), env.new_anchor());
  anchor_.SetWeak(this, first_pass, v8::WeakCallbackType::kParameter);
}

Litter::~Litter() {
  for (int i = 0; i < count_; ++i) delete members_[i];
  if (next_ != nullptr) next_->previous_ = previous_;
  if (previous_ != nullptr)
    previous_->next_ = next_;
  else
    env_.first_litter_ = next_;
  if (env_.litter_ == this) env_.litter_ = nullptr;
}

// The first pass may only let go of the handle; deleting, which may touch other parts, waits for
// the second.
void Litter::first_pass(const v8::WeakCallbackInfo<Litter>& info) {
  Litter* self = info.GetParameter();
  self->anchor_.Reset();
  // The turn may go on before the second pass comes: its next object must not land here.
  if (self->env_.litter_ == self) self->env_.litter_ = nullptr;
  info.SetSecondPassCallback(
      [](const v8::WeakCallbackInfo<Litter>& second) { delete second.GetParameter(); });
}

uint8_t Litter::add(v8::Isolate* isolate, Wrapped* member, v8::Local<v8::Object> object,
                    int field) {
  v8::Local<v8::Object> anchor = anchor_.Get(isolate);
  object->SetInternalField(field, anchor);
  anchor->SetInternalField(count_, object);
  members_[count_] = member;
  return count_++;
}

}  // namespace skerry::js
