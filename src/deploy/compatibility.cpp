#include "deploy/compatibility.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace skerry::deploy {
namespace {

// Behaviour that skerry has always had: it starts from the newest platform, so the "on" flags of
// the past are accepted in silence. Sorted by the compiler below.
constexpr auto always_on_flags = [] {
  auto flags = std::to_array<std::string_view>({
      "allow_eval_during_startup",
      "assets_navigation_has_no_effect",
      "assets_navigation_prefers_asset_serving",
      "crypto_preserve_public_exponent",
      "durable_object_fetch_requires_full_url",
      "export_commonjs_default",
      "fetch_refuses_unknown_protocols",
      "fetch_standard_url",
      "fetcher_no_get_put_delete",
      "fixup_transform_stream_backpressure",
      "formdata_parser_supports_files",
      "global_navigator",
      "http_headers_getsetcookie",
      "internal_stream_byob_return_view",
      "minimal_subrequests",
      "no_cf_botmanagement_default",
      "no_substitute_null",
      "nodejs_als",
      "nodejs_compat",
      "nodejs_compat_populate_process_env",
      "nodejs_compat_v2",
      "r2_list_honor_include",
      "set_tostring_tag",
      "strict_compression_checks",
      "strict_crypto_checks",
      "streams_enable_constructors",
      "streams_no_default_auto_allocate_chunk_size",
      "transformstream_enable_standard_constructor",
      "unwrap_custom_thenables",
      "url_standard",
      "urlsearchparams_delete_has_value_arg",
      "workers_api_getters_setters_on_prototype",
  });
  std::ranges::sort(flags);
  return flags;
}();

// Known to Workers, not to skerry: either a feature that is missing, or the old behaviour of a
// change.
constexpr auto unsupported_flags = [] {
  auto flags = std::to_array<std::string_view>({
      "allow_custom_ports",
      "cache_option_disabled",
      "brotli_content_encoding",
      "cache_option_enabled",
      "capture_async_api_throws",
      "disallow_eval_during_startup",
      "do_not_capture_async_api_throws",
      "durable_object_alarms",
      "enable_nodejs_fs_module",
      "enable_nodejs_http_modules",
      "enable_nodejs_http_server_modules",
      "enable_nodejs_process_v2",
      "enable_request_signal",
      "enable_web_file_system",
      "experimental",
      "expose_global_message_channel",
      "fetch_legacy_url",
      "fetch_treats_unknown_protocols_as_http",
      "formdata_parser_converts_files_to_strings",
      "global_fetch_private_origin",
      "global_fetch_strictly_public",
      "handle_cross_request_promise_resolution",
      "html_rewriter_treats_esi_include_as_void_tag",
      "ignore_custom_ports",
      "legacy_module_registry",
      "new_module_registry",
      "no_brotli_content_encoding",
      "no_global_navigator",
      "no_http_headers_getsetcookie",
      "no_nodejs_compat_v2",
      "no_web_socket_compression",
      "nodejs_zlib",
      "nonstandard_set_tostring_tag",
      "python_workers",
      "queues_json_messages",
      "rpc",
      "rpc_params_dup_stubs",
      "streams_auto_allocate_chunk_size_default",
      "streams_byob_reader_detaches_buffer",
      "streams_byob_reader_does_not_detach_buffer",
      "streams_disable_constructors",
      "substitute_null",
      "tail_worker_user_spans",
      "transformstream_enable_nonstandard_constructor",
      "url_original",
      "urlsearchparams_no_delete_has_value_arg",
      "web_socket_compression",
      "workers_api_getters_setters_on_instance",
  });
  std::ranges::sort(flags);
  return flags;
}();

constexpr auto all_flags = [] {
  std::array<std::string_view, always_on_flags.size() + unsupported_flags.size()> all;
  std::ranges::merge(always_on_flags, unsupported_flags, all.begin());
  return all;
}();
static_assert(std::ranges::adjacent_find(all_flags) == all_flags.end(), "a flag is listed twice");

bool is_leap_year(int year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in_month(int year, int month) {
  static constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

}  // namespace

std::string CompatibilityDate::text() const {
  char buffer[24];
  std::snprintf(buffer, sizeof(buffer), "%04u-%02u-%02u", unsigned{year}, unsigned{month},
                unsigned{day});
  return buffer;
}

std::optional<CompatibilityDate> parse_compatibility_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {0, 0, 0};
  int part = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    parts[part] = parts[part] * 10 + (text[i] - '0');
  }
  if (parts[1] < 1 || parts[1] > 12) return std::nullopt;
  if (parts[2] < 1 || parts[2] > days_in_month(parts[0], parts[1])) return std::nullopt;
  return CompatibilityDate{static_cast<uint16_t>(parts[0]), static_cast<uint8_t>(parts[1]),
                           static_cast<uint8_t>(parts[2])};
}

CompatibilityDate date_from_unix_seconds(int64_t seconds) {
  // Times before 1970 or after 9999 are no compatibility dates; they are clamped.
  constexpr int64_t last_day = 2932896;
  int64_t days = std::clamp<int64_t>(seconds / 86400, 0, last_day);
  int year = 1970;
  while (days >= (is_leap_year(year) ? 366 : 365)) {
    days -= is_leap_year(year) ? 366 : 365;
    ++year;
  }
  int month = 1;
  while (days >= days_in_month(year, month)) {
    days -= days_in_month(year, month);
    ++month;
  }
  return {static_cast<uint16_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(days + 1)};
}

FlagSupport flag_support(std::string_view flag) {
  if (std::ranges::binary_search(always_on_flags, flag)) return FlagSupport::always_on;
  if (std::ranges::binary_search(unsupported_flags, flag)) return FlagSupport::unsupported;
  return FlagSupport::unknown;
}

std::string_view flag_advice(std::string_view flag) {
  switch (flag_support(flag)) {
    case FlagSupport::always_on: return "";
    case FlagSupport::unknown: return "is unknown; it is ignored";
    case FlagSupport::unsupported: break;
  }
  if (flag.starts_with("nodejs_") || flag.starts_with("enable_nodejs")) {
    return "is not supported yet: this part of Node is missing; it is ignored";
  }
  return "is not supported yet; it is ignored";
}

std::span<const std::string_view> known_flags() {
  return all_flags;
}

}  // namespace skerry::deploy
