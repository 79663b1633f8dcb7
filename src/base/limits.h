// Every limit of skerry in one place, each with its unit, its reason and what is seen when it is
// passed. Relations that must hold between them are asserted here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::limits {

// --- HTTP/1.1 server
// -----------------------------------------------------------------------------------------------

// Bytes of the request target. Browsers and proxies stop at 8 to 32 KiB. Passed: 414.
inline constexpr size_t http_target_bytes_max = 16 * 1024;
// Bytes of all header lines of one request; the platform promises 128 KiB to workers. Passed: 431.
inline constexpr size_t http_header_bytes_max = 128 * 1024;
// Header lines of one request: each costs work in JavaScript as well, so bytes alone are no bound.
// Passed: 431.
inline constexpr size_t http_header_count_max = 256;
// Bytes of method, spaces and version around the target.
inline constexpr size_t http_request_line_extra_bytes_max = 64;
// Empty lines before a request that are skipped (RFC 9112 section 2.2 asks for one). Passed: 400.
inline constexpr size_t http_leading_empty_lines_max = 4;
// Bytes of one request body; a configuration may change it. Passed: 413.
inline constexpr uint64_t http_body_bytes_max = 100ull * 1024 * 1024;
// Bytes of all chunk extensions, and of all trailer lines, of one body: they carry nothing for us.
// Passed: 400.
inline constexpr size_t http_chunk_extension_bytes_max = 16 * 1024;
inline constexpr size_t http_trailer_bytes_max = 16 * 1024;
// Digits of a chunk size, leading zeros included: 2^60 bytes is past any body. Passed: 400.
inline constexpr size_t http_chunk_size_digits_max = 15;
// Bytes of a body nobody took that are read and dropped to keep the connection. More: the
// connection closes.
inline constexpr size_t http_discard_bytes_max = 64 * 1024;
// Bytes read ahead on a connection while a request is being answered. At the bound, reading stops.
inline constexpr size_t http_read_ahead_bytes_max = 64 * 1024;
// Bytes of replies gathered before they are written.
inline constexpr size_t http_gather_bytes_max = 64 * 1024;

// Milliseconds from the first byte of a head, or from the accept, to its end. Passed: 408 and
// close.
inline constexpr uint64_t http_header_timeout_ms = 15'000;
// Milliseconds a kept connection may be idle; longer than the 60 s that load balancers keep theirs.
// Passed: close.
inline constexpr uint64_t http_idle_timeout_ms = 75'000;
// A body that is being read must bring this many bytes in every window. Passed: 408 and close.
inline constexpr uint64_t http_body_window_ms = 10'000;
inline constexpr uint64_t http_body_bytes_per_window_min = 10 * 1024;
// Milliseconds in which a reader of a reply takes not one byte. Passed: the connection is cut.
inline constexpr uint64_t http_write_timeout_ms = 60'000;
// Milliseconds a request may still run after the client has sent the end of its stream: it may have
// only half closed, but most have left. Passed: the client counts as gone.
inline constexpr uint64_t http_half_close_ms = 10'000;
// Milliseconds to read and drop what a client still sends after the last reply, so that a reset
// does not destroy the reply on its way; and the bytes to drop at most.
inline constexpr uint64_t http_linger_ms = 2'000;
inline constexpr uint64_t http_linger_bytes_max = 1024 * 1024;

static_assert(http_header_timeout_ms < http_idle_timeout_ms);
static_assert(http_target_bytes_max < http_header_bytes_max);
static_assert(http_discard_bytes_max <= http_linger_bytes_max);

// --- Static assets
// -----------------------------------------------------------------------------------------------

// Files of one worker's assets directory; as hosted. Passed: the configuration is refused.
inline constexpr size_t asset_files_max = 100'000;
// Folders below each other; a loop of mounts must end somewhere. Passed: what is deeper is left
// out.
inline constexpr size_t asset_depth_max = 64;
// Bytes of a file that is kept in memory once it was asked for, and of all of them on a node.
// Larger files are read while they are sent.
inline constexpr size_t asset_cached_file_bytes_max = 512 * 1024;
inline constexpr size_t asset_cache_bytes_max = 64 * 1024 * 1024;
// A file up to this size has an ETag made from its content; hashing a larger one would delay its
// first answer, so size and time stand for it.
inline constexpr uint64_t asset_hashed_bytes_max = 64ull * 1024 * 1024;
// Bytes of a large file that are read at a time: two of them are in memory for each reader.
inline constexpr size_t asset_chunk_bytes = 256 * 1024;
// Lines and rules of _headers and _redirects, as hosted. Passed: a warning names the first line
// that does not count.
inline constexpr size_t asset_rules_file_bytes_max = 1024 * 1024;
inline constexpr size_t asset_rule_line_bytes_max = 2000;
inline constexpr size_t asset_header_rules_max = 100;
inline constexpr size_t asset_static_redirects_max = 2000;
inline constexpr size_t asset_dynamic_redirects_max = 100;
inline constexpr size_t asset_first_globs_max = 100;
inline constexpr size_t asset_first_glob_bytes_max = 100;
// Comparisons to match one path with one rule: placeholders that give back cost a power of the
// path's length. Passed: the rule does not match.
inline constexpr size_t asset_rule_steps_max = 20'000;

static_assert(asset_cached_file_bytes_max * 64 <= asset_cache_bytes_max);
static_assert(asset_cached_file_bytes_max <= asset_hashed_bytes_max);

// --- HTTP/1.1 client
// -----------------------------------------------------------------------------------------------

// Idle connections kept for all origins together. More: the one idle for longest is closed.
inline constexpr size_t http_client_idle_max = 256;
// Connections of all workers to one origin at a time; further requests wait. An invocation alone
// gets fetch_connections_max of them.
inline constexpr size_t http_client_per_origin_max = 256;
// Connections to all origins. At the bound an idle one makes room; without one the request fails as
// busy.
inline constexpr size_t http_client_connections_max = 1024;
// Requests that wait for a connection to one origin. Passed: the request fails as busy.
inline constexpr size_t http_client_waiting_max = 1024;
inline constexpr uint64_t http_client_connect_timeout_ms = 10'000;
// Milliseconds an idle connection is kept; below the 60 to 75 s after which servers close theirs.
inline constexpr uint64_t http_client_idle_ms = 50'000;
// Milliseconds before the next address of a name is tried beside the one that has not answered yet
// (RFC 8305 section 5).
inline constexpr uint64_t http_client_attempt_ms = 250;
// Milliseconds that a look-up of a name counts, and that its failure does; names kept.
inline constexpr uint64_t name_cache_ms = 30'000;
inline constexpr uint64_t name_cache_failure_ms = 2'000;
inline constexpr size_t name_cache_max = 1024;
// Informational replies (1xx) skipped before the real one.
inline constexpr size_t http_client_interim_max = 16;

// Fetches of one invocation that wait for the head of their response, as on the platform; further
// ones wait until one of them has it.
inline constexpr uint32_t fetch_connections_max = 6;

static_assert(http_client_per_origin_max <= http_client_idle_max);
static_assert(http_client_idle_max <= http_client_connections_max);
static_assert(fetch_connections_max <= http_client_per_origin_max);
static_assert(http_client_idle_ms < http_idle_timeout_ms);

// --- TLS
// -----------------------------------------------------------------------------------------------

// Bytes a peer may send before a handshake is complete; long chains of certificates take 20 KiB.
// Passed: the connection closes. How long a handshake may take: http_header_timeout_ms for clients
// of ours, which counts from the accept, and http_client_connect_timeout_ms for origins.
inline constexpr size_t tls_handshake_bytes_max = 256 * 1024;
// Seconds after which the key of session tickets changes. A ticket is good as long as its key is
// kept: the current one and the one before.
inline constexpr uint64_t tls_ticket_key_s = 12 * 60 * 60;
// Origins whose TLS session is kept for the next connection, and seconds it is used.
inline constexpr size_t tls_client_sessions_max = 256;
inline constexpr uint64_t tls_client_session_s = 60 * 60;

// --- WebSocket
// -----------------------------------------------------------------------------------------------

// Bytes of one received message, all its fragments together; what the platform takes. Passed: the
// socket is closed with 1009.
inline constexpr size_t web_socket_message_bytes_max = 32 * 1024 * 1024;
// Bytes waiting for a peer that does not read as fast as it is sent to; looked at before each
// message, so one large message always passes. Passed: what waits is dropped, the socket closes
// with 1013.
inline constexpr size_t web_socket_buffered_bytes_max = 16 * 1024 * 1024;
// The same for all sockets of a server together: past it, only a socket with nothing left of note
// waiting is sent more.
inline constexpr size_t web_socket_buffered_total_bytes_max = 256 * 1024 * 1024;
inline constexpr size_t web_socket_buffered_fair_bytes = 64 * 1024;
// A socket that hands on to another stops reading when this much waits there, and goes on below
// it.
inline constexpr size_t web_socket_pause_bytes = 1024 * 1024;
inline constexpr size_t web_socket_resume_bytes = 256 * 1024;
// Milliseconds to wait for the peer's Close frame after ours. Passed: cut, the script sees 1006.
inline constexpr uint64_t web_socket_close_timeout_ms = 10'000;
// Milliseconds without a byte from the peer before it is pinged, and after that before it counts as
// gone: a peer that lost its power sends no end. Passed: cut, the script sees 1006.
inline constexpr uint64_t web_socket_ping_ms = 60'000;
inline constexpr uint64_t web_socket_pong_ms = 60'000;

static_assert(web_socket_resume_bytes < web_socket_pause_bytes);
static_assert(web_socket_pause_bytes < web_socket_buffered_bytes_max);

// --- Blobs and forms
// -----------------------------------------------------------------------------------------------

// Bytes of one Blob, shared ones counted: no more can be read into memory at once. Passed:
// RangeError.
inline constexpr uint64_t blob_bytes_max = 128ull << 20;
// Runs of shared memory in one Blob. More: it is copied into one.
inline constexpr size_t blob_pieces_max = 1024;
// Bytes of the texts and entries of one FormData, files not counted. Passed: RangeError.
inline constexpr size_t form_text_bytes_max = 128u << 20;
// Parts of one form in a body: each costs a few hundred bytes beside its content. Passed:
// TypeError.
inline constexpr size_t form_parts_max = 10'000;
// Bytes of the header lines of one part. Passed: TypeError.
inline constexpr size_t form_part_header_bytes_max = 16 * 1024;

// --- WebCrypto
// -----------------------------------------------------------------------------------------------

// Bits of an RSA modulus that is imported: the time of an operation grows with the cube. Passed:
// DataError.
inline constexpr uint32_t crypto_rsa_bits_max = 8192;
// Bits of one that is generated: the time grows faster still, and the thread is one for all.
// Passed: OperationError.
inline constexpr uint32_t crypto_rsa_generate_bits_min = 512;
inline constexpr uint32_t crypto_rsa_generate_bits_max = 4096;
// Bits of an HMAC, HKDF or PBKDF2 secret. Passed: DataError or OperationError.
inline constexpr uint32_t crypto_hmac_key_bits_max = 1u << 20;
// Rounds of PBKDF2 (OWASP recommends 600,000 with SHA-256). Passed: NotSupportedError.
inline constexpr uint32_t crypto_pbkdf2_iterations_max = 2'000'000;
// Bytes that HKDF or PBKDF2 give at once; HKDF itself ends at 255 hashes. Passed: OperationError.
inline constexpr size_t crypto_derived_bytes_max = 64 * 1024;
// Computations of one request that run or wait on the background thread. Passed: OperationError.
inline constexpr uint32_t crypto_jobs_per_request_max = 32;

static_assert(crypto_rsa_generate_bits_max <= crypto_rsa_bits_max);

}  // namespace skerry::limits
