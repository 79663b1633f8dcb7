// Objects of a turn share a weak handle: they die together, and one that is kept keeps the others.
#include "js/litter.h"

#include <doctest/doctest.h>

#include "js/class_table.h"
#include "js/isolate.h"
#include "js/platform.h"
#include "server/parts.h"

namespace skerry::server {

namespace {

int alive = 0;

class Counted : public js::Wrapped {
 public:
  static const js::ClassInfo info;
  Counted() : Wrapped(info) { ++alive; }
  explicit Counted(const js::ClassInfo& other) : Wrapped(other) { ++alive; }
  ~Counted() override { --alive; }
};
class Alone final : public Counted {
 public:
  static const js::ClassInfo info;
  Alone() : Counted(info) {}
};

const js::ClassInfo Counted::info{
    .name = "Counted", .describe = [](js::ClassTable&) {}, .slots = 1, .exposed = false};
const js::ClassInfo Alone::info{.name = "Alone",
                                .parent = &Counted::info,
                                .describe = [](js::ClassTable&) {},
                                .slots = 1,
                                .exposed = false,
                                .solitary = true};

struct Fixture {
  Fixture() : surface(parts()), isolate(js::Isolate::create(surface, {})) { alive = 0; }
  static js::SurfaceParts parts() {
    js::start_v8();
    js::SurfaceParts all = all_parts();
    all.classes.push_back(&Counted::info);
    all.classes.push_back(&Alone::info);
    return all;
  }
  js::Env& env() { return isolate->env(); }
  void collect() { isolate->v8()->LowMemoryNotification(); }
  template <class T>
  v8::Local<v8::Object> make() {
    return env().wrap(std::make_unique<T>());
  }

  js::Surface surface;
  std::unique_ptr<js::Isolate> isolate;
};

}  // namespace

TEST_CASE("a litter dies as one, and past its size objects die alone") {
  Fixture f;
  v8::Global<v8::Object> kept, late;
  {
    js::Entered entered(f.env());
    f.env().open_litter();
    for (int i = 0; i < js::Litter::kSize; ++i) {
      v8::Local<v8::Object> made = f.make<Counted>();
      Counted* half = js::unwrap<Counted>(made);
      CHECK(half->object(f.isolate->v8()) == made);
      half->set_slot(f.isolate->v8(), 0, v8::Integer::New(f.isolate->v8(), i));
      if (i == 3) kept.Reset(f.isolate->v8(), made);
    }
    f.make<Counted>();
    late.Reset(f.isolate->v8(), f.make<Counted>());
    f.env().close_litter();
  }
  CHECK(alive == js::Litter::kSize + 2);
  f.collect();
  CHECK(alive == js::Litter::kSize + 1);  // the ninth is gone, the tenth is kept
  {
    js::Entered entered(f.env());
    Counted* half = js::unwrap<Counted>(kept.Get(f.isolate->v8()));
    REQUIRE(half != nullptr);
    CHECK(half->object(f.isolate->v8()) == kept.Get(f.isolate->v8()));
    CHECK(half->slot(f.isolate->v8(), 0).As<v8::Integer>()->Value() == 3);
  }
  kept.Reset();
  f.collect();
  CHECK(alive == 1);
  late.Reset();
  f.collect();
  CHECK(alive == 0);
}

TEST_CASE("turns do not share litters, and what stands alone joins none") {
  Fixture f;
  v8::Global<v8::Object> kept;
  {
    js::Entered entered(f.env());
    f.env().open_litter();
    kept.Reset(f.isolate->v8(), f.make<Counted>());
    f.make<Alone>();
    f.env().close_litter();
    f.env().open_litter();
    f.make<Counted>();
    f.make<Counted>();
    f.env().close_litter();
    f.make<Counted>();
  }
  CHECK(alive == 5);
  f.collect();
  CHECK(alive == 1);
  kept.Reset();
}

TEST_CASE("the end of an isolate frees litters that are still alive") {
  {
    Fixture f;
    v8::Global<v8::Object> kept;
    {
      js::Entered entered(f.env());
      f.env().open_litter();
      kept.Reset(f.isolate->v8(), f.make<Counted>());
      f.make<Counted>();
    }
    CHECK(alive == 2);
    kept.Reset();
  }
  CHECK(alive == 0);
}

}  // namespace skerry::server
