// Numbers and texts that several of Node's modules show, as Linux has them. For internal.require('node_constants').
(function (internal) {
'use strict';

// "NAME number NAME number" as an object.
function numbers(text) {
  const out = { __proto__: null };
  const words = text.split(' ');
  for (let i = 0; i < words.length; i += 2) out[words[i]] = Number(words[i + 1]);
  return out;
}

const errno = numbers(
  'E2BIG 7 EACCES 13 EADDRINUSE 98 EADDRNOTAVAIL 99 EAFNOSUPPORT 97 EAGAIN 11 EALREADY 114 ' +
  'EBADF 9 EBADMSG 74 EBUSY 16 ECANCELED 125 ECHILD 10 ECONNABORTED 103 ECONNREFUSED 111 ' +
  'ECONNRESET 104 EDEADLK 35 EDESTADDRREQ 89 EDOM 33 EDQUOT 122 EEXIST 17 EFAULT 14 EFBIG 27 ' +
  'EHOSTUNREACH 113 EIDRM 43 EILSEQ 84 EINPROGRESS 115 EINTR 4 EINVAL 22 EIO 5 EISCONN 106 ' +
  'EISDIR 21 ELOOP 40 EMFILE 24 EMLINK 31 EMSGSIZE 90 EMULTIHOP 72 ENAMETOOLONG 36 ENETDOWN 100 ' +
  'ENETRESET 102 ENETUNREACH 101 ENFILE 23 ENOBUFS 105 ENODATA 61 ENODEV 19 ENOENT 2 ENOEXEC 8 ' +
  'ENOLCK 37 ENOLINK 67 ENOMEM 12 ENOMSG 42 ENOPROTOOPT 92 ENOSPC 28 ENOSR 63 ENOSTR 60 ENOSYS ' +
  '38 ENOTCONN 107 ENOTDIR 20 ENOTEMPTY 39 ENOTSOCK 88 ENOTSUP 95 ENOTTY 25 ENXIO 6 EOPNOTSUPP ' +
  '95 EOVERFLOW 75 EPERM 1 EPIPE 32 EPROTO 71 EPROTONOSUPPORT 93 EPROTOTYPE 91 ERANGE 34 EROFS ' +
  '30 ESPIPE 29 ESRCH 3 ESTALE 116 ETIME 62 ETIMEDOUT 110 ETXTBSY 26 EWOULDBLOCK 11 EXDEV 18',
);

const signals = numbers(
  'SIGHUP 1 SIGINT 2 SIGQUIT 3 SIGILL 4 SIGTRAP 5 SIGABRT 6 SIGIOT 6 SIGBUS 7 SIGFPE 8 SIGKILL ' +
  '9 SIGUSR1 10 SIGSEGV 11 SIGUSR2 12 SIGPIPE 13 SIGALRM 14 SIGTERM 15 SIGCHLD 17 SIGSTKFLT 16 ' +
  'SIGCONT 18 SIGSTOP 19 SIGTSTP 20 SIGTTIN 21 SIGTTOU 22 SIGURG 23 SIGXCPU 24 SIGXFSZ 25 ' +
  'SIGVTALRM 26 SIGPROF 27 SIGWINCH 28 SIGIO 29 SIGPOLL 29 SIGPWR 30 SIGSYS 31',
);

const priority = numbers(
  'PRIORITY_LOW 19 PRIORITY_BELOW_NORMAL 10 PRIORITY_NORMAL 0 PRIORITY_ABOVE_NORMAL -7 ' +
  'PRIORITY_HIGH -14 PRIORITY_HIGHEST -20',
);

const dlopen = numbers('RTLD_LAZY 1 RTLD_NOW 2 RTLD_GLOBAL 256 RTLD_LOCAL 0 RTLD_DEEPBIND 8');

const fs = numbers(
  'UV_FS_SYMLINK_DIR 1 UV_FS_SYMLINK_JUNCTION 2 O_RDONLY 0 O_WRONLY 1 O_RDWR 2 ' +
  'UV_DIRENT_UNKNOWN 0 UV_DIRENT_FILE 1 UV_DIRENT_DIR 2 UV_DIRENT_LINK 3 UV_DIRENT_FIFO 4 ' +
  'UV_DIRENT_SOCKET 5 UV_DIRENT_CHAR 6 UV_DIRENT_BLOCK 7 EXTENSIONLESS_FORMAT_JAVASCRIPT 0 ' +
  'EXTENSIONLESS_FORMAT_WASM 1 S_IFMT 61440 S_IFREG 32768 S_IFDIR 16384 S_IFCHR 8192 S_IFBLK ' +
  '24576 S_IFIFO 4096 S_IFLNK 40960 S_IFSOCK 49152 O_CREAT 64 O_EXCL 128 UV_FS_O_FILEMAP 0 ' +
  'O_NOCTTY 256 O_TRUNC 512 O_APPEND 1024 O_DIRECTORY 65536 O_NOATIME 262144 O_NOFOLLOW 131072 ' +
  'O_SYNC 1052672 O_DSYNC 4096 O_DIRECT 16384 O_NONBLOCK 2048 S_IRWXU 448 S_IRUSR 256 S_IWUSR ' +
  '128 S_IXUSR 64 S_IRWXG 56 S_IRGRP 32 S_IWGRP 16 S_IXGRP 8 S_IRWXO 7 S_IROTH 4 S_IWOTH 2 ' +
  'S_IXOTH 1 F_OK 0 R_OK 4 W_OK 2 X_OK 1 UV_FS_COPYFILE_EXCL 1 COPYFILE_EXCL 1 ' +
  'UV_FS_COPYFILE_FICLONE 2 COPYFILE_FICLONE 2 UV_FS_COPYFILE_FICLONE_FORCE 4 ' +
  'COPYFILE_FICLONE_FORCE 4',
);

const METHODS = (
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY ' +
  'MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND ' +
  'REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'
).split(' ');

const STATUS_CODES = {};
for (const line of [
  "100 Continue",
  "101 Switching Protocols",
  "102 Processing",
  "103 Early Hints",
  "200 OK",
  "201 Created",
  "202 Accepted",
  "203 Non-Authoritative Information",
  "204 No Content",
  "205 Reset Content",
  "206 Partial Content",
  "207 Multi-Status",
  "208 Already Reported",
  "226 IM Used",
  "300 Multiple Choices",
  "301 Moved Permanently",
  "302 Found",
  "303 See Other",
  "304 Not Modified",
  "305 Use Proxy",
  "307 Temporary Redirect",
  "308 Permanent Redirect",
  "400 Bad Request",
  "401 Unauthorized",
  "402 Payment Required",
  "403 Forbidden",
  "404 Not Found",
  "405 Method Not Allowed",
  "406 Not Acceptable",
  "407 Proxy Authentication Required",
  "408 Request Timeout",
  "409 Conflict",
  "410 Gone",
  "411 Length Required",
  "412 Precondition Failed",
  "413 Payload Too Large",
  "414 URI Too Long",
  "415 Unsupported Media Type",
  "416 Range Not Satisfiable",
  "417 Expectation Failed",
  "418 I'm a Teapot",
  "421 Misdirected Request",
  "422 Unprocessable Entity",
  "423 Locked",
  "424 Failed Dependency",
  "425 Too Early",
  "426 Upgrade Required",
  "428 Precondition Required",
  "429 Too Many Requests",
  "431 Request Header Fields Too Large",
  "451 Unavailable For Legal Reasons",
  "500 Internal Server Error",
  "501 Not Implemented",
  "502 Bad Gateway",
  "503 Service Unavailable",
  "504 Gateway Timeout",
  "505 HTTP Version Not Supported",
  "506 Variant Also Negotiates",
  "507 Insufficient Storage",
  "508 Loop Detected",
  "509 Bandwidth Limit Exceeded",
  "510 Not Extended",
  "511 Network Authentication Required",
]) {
  STATUS_CODES[line.slice(0, 3)] = line.slice(4);
}

const os = { __proto__: null, UV_UDP_REUSEADDR: 4, dlopen, errno, signals, priority };
return { os, fs, http: { METHODS, STATUS_CODES } };
})
