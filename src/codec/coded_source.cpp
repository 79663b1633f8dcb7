#include "codec/coded_source.h"

#include <algorithm>
#include <utility>

namespace skerry::codec {

namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

}  // namespace

CodedSource::CodedSource(std::unique_ptr<ByteSource> below, Coding coding, Direction direction,
                         std::string name)
    : below_(std::move(below)),
      coding_(coding),
      direction_(direction),
      flush_(direction == Direction::encode && !below_->length() ? Flush::sync : Flush::none),
      name_(std::move(name)) {}

std::unique_ptr<ByteSource> CodedSource::take_encoded(std::string_view coding) {
  if (direction_ != Direction::decode || began_ || !same_name(coding, name_)) return nullptr;
  return std::move(below_);
}

void CodedSource::read(ByteReader& reader) {
  if (below_ == nullptr) return reader.on_end();
  if (!std::exchange(began_, true)) {
    transform_ = direction_ == Direction::decode ? make_decoder(coding_) : make_encoder(coding_);
    if (transform_ == nullptr) error_ = Error(Code::full, "out of memory");
  }
  reader_ = &reader;
  run();
}

// Nothing of this is touched once the reader was told: it may destroy the source.
void CodedSource::run() {
  while (reader_ != nullptr) {
    if (error_) return std::exchange(reader_, nullptr)->on_error(error_->clone());
    if (used_ < chunk_.size() || more_) {
      if (give()) return;
      continue;
    }
    if (below_ended_) return end();
    asking_ = true;
    answered_ = false;
    below_->read(*this);
    asking_ = false;
    if (!answered_) return;
  }
}

// One step. True when the reader was given a chunk.
bool CodedSource::give() {
  size_t left = chunk_.size() - used_;
  Bytes out = Bytes::allocate(std::clamp(left * 4, kOutMin, kOutMax));
  if (out.empty()) {
    error_ = Error(Code::full, "out of memory");
    return false;
  }
  Flush flush = below_ended_ ? Flush::finish : flush_;
  Result<Step> step =
      transform_->step(chunk_.span().subspan(used_), {out.data(), out.size()}, flush);
  if (!step) {
    error_ = std::move(step.error());
    chunk_ = Bytes();
    used_ = 0;
    more_ = false;
    return false;
  }
  used_ += step->used;
  ended_ = step->ended;
  bool encoder_has_more = direction_ == Direction::encode && !ended_ && flush != Flush::none;
  more_ = step->made == out.size() || encoder_has_more;
  if (used_ == chunk_.size()) {
    chunk_ = Bytes();
    used_ = 0;
  } else if (step->used == 0 && step->made == 0) {
    error_ = Error(Code::corrupt, "a coded stream does not go on");
  }
  if (step->made == 0) return false;
  // Mostly empty blocks would keep their memory as long as the chunk lives.
  if (step->made < out.size() / 2)
    out = Bytes::copy_of(out.data(), step->made);
  else
    out.truncate(step->made);
  std::exchange(reader_, nullptr)->on_chunk(std::move(out));
  return true;
}

void CodedSource::end() {
  // An empty body is empty in every coding: servers send such with their usual headers.
  if (direction_ == Direction::decode && got_bytes_ && !ended_) {
    error_ = Error(Code::corrupt, "The compressed stream (" + name_ + ") ended prematurely.");
    return std::exchange(reader_, nullptr)->on_error(error_->clone());
  }
  std::exchange(reader_, nullptr)->on_end();
}

void CodedSource::on_chunk(Bytes chunk) {
  chunk_ = std::move(chunk);
  used_ = 0;
  got_bytes_ = answered_ = true;
  if (!asking_) run();
}

void CodedSource::on_end() {
  below_ended_ = answered_ = true;
  // An encoder has its last bytes to give.
  if (direction_ == Direction::encode) more_ = true;
  if (!asking_) run();
}

void CodedSource::on_error(Error error) {
  error_ = std::move(error);
  answered_ = true;
  if (!asking_) run();
}

std::unique_ptr<ByteSource> decode(std::unique_ptr<ByteSource> below, Coding coding,
                                   std::string_view name) {
  return std::make_unique<CodedSource>(std::move(below), coding, Direction::decode,
                                       std::string(name));
}

std::unique_ptr<ByteSource> encode(std::unique_ptr<ByteSource> below, Coding coding) {
  return std::make_unique<CodedSource>(std::move(below), coding, Direction::encode, std::string());
}

}  // namespace skerry::codec
