// An intrusive count of owners, for objects that stay on one thread. Cheaper than shared_ptr: one
// word, no atomics.
#pragma once

#include <cstdint>
#include <utility>

namespace skerry {

// Derive as `class X : public RefCounted<X>`. The last Ref calls X::recycle(X*), which by default
// deletes it; hide it in X to return the object to a free-list.
template <class T>
class RefCounted {
 public:
  RefCounted() = default;
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;
  void add_ref() { ++refs_; }
  void drop_ref() {
    if (--refs_ == 0) T::recycle(static_cast<T*>(this));
  }
  static void recycle(T* object) { delete object; }

 protected:
  ~RefCounted() = default;

 private:
  uint32_t refs_ = 0;
};

template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) : object_(object) {
    if (object_ != nullptr) object_->add_ref();
  }
  Ref(const Ref& other) : Ref(other.object_) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) object_->drop_ref();
  }
  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T* object_ = nullptr;
};

template <class T, class... Args>
Ref<T> make_ref(Args&&... args) {
  return Ref<T>(new T(std::forward<Args>(args)...));
}

}  // namespace skerry
