#include "js/wrapped.h"

#include "js/env.h"

namespace skerry::js {

void Wrapped::attach(v8::Isolate* isolate, v8::Local<v8::Object> object) {
  object->SetAlignedPointerInInternalField(0, this);
  env_ = &Env::from(isolate);
  litter_ = class_info_->solitary ? nullptr : env_->litter();
  if (litter_ != nullptr) {
    place_ = litter_->add(isolate, this, object, class_info_->slots + 1);
    return;
  }
  wrapper_.Reset(isolate, object);
  next_ = env_->first_wrapped_;
  if (next_ != nullptr) next_->previous_ = this;
  env_->first_wrapped_ = this;
  // The first pass may only let go of the handle; deleting, which may touch other parts, waits for
  // the second.
  wrapper_.SetWeak(
      this,
      [](const v8::WeakCallbackInfo<Wrapped>& info) {
        info.GetParameter()->wrapper_.Reset();
        info.SetSecondPassCallback(
            [](const v8::WeakCallbackInfo<Wrapped>& second) { delete second.GetParameter(); });
      },
      v8::WeakCallbackType::kParameter);
}

Wrapped::~Wrapped() {
  if (env_ == nullptr || litter_ != nullptr) return;
  if (next_ != nullptr) next_->previous_ = previous_;
  if (previous_ != nullptr)
    previous_->next_ = next_;
  else
    env_->first_wrapped_ = next_;
}

}  // namespace skerry::js
