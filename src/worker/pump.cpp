#include "worker/pump.h"

namespace skerry::worker {

// Ends that answer at once are served by this loop, so that depth does not grow with the number of
// chunks.
void Pump::run() {
  if (running_) return;
  running_ = true;
  for (;;) {
    Step step = next_;
    next_ = Step::wait;
    if (step == Step::read) {
      reading_ = true;
      source_->read(*this);
    } else if (step == Step::write)
      sink_->write(std::move(chunk_), *this);
    else {
      next_ = step;
      break;
    }
  }
  running_ = false;
}

void Pump::on_chunk(Bytes chunk) {
  reading_ = false;
  chunk_ = std::move(chunk);
  next_ = Step::write;
  run();
}

void Pump::on_ready() {
  next_ = Step::read;
  run();
}

void Pump::on_end() {
  finish(true);
}

void Pump::on_error(Error) {
  finish(false);
}

void Pump::finish(bool complete) {
  if (next_ == Step::over) return;
  next_ = Step::over;
  if (complete) sink_->end();
  if (done_) std::exchange(done_, nullptr)(complete);
}

}  // namespace skerry::worker
