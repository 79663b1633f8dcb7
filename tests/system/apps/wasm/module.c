// Freestanding C for wasm32: sums, a string in the module's memory, a call back into JavaScript, a
// trap.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

__attribute__((import_module("host"), import_name("report"))) void report(u32 value);

static u8 buffer[65536];

__attribute__((export_name("buffer_at"))) u8* buffer_at(void) {
  return buffer;
}
__attribute__((export_name("buffer_size"))) u32 buffer_size(void) {
  return sizeof buffer;
}

__attribute__((export_name("crc32"))) u32 crc32(u32 size) {
  u32 crc = ~0u;
  for (u32 i = 0; i < size && i < sizeof buffer; i++) {
    crc ^= buffer[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
  }
  return ~crc;
}

__attribute__((export_name("reverse"))) void reverse(u32 size) {
  for (u32 i = 0; i < size / 2; i++) {
    u8 kept = buffer[i];
    buffer[i] = buffer[size - 1 - i];
    buffer[size - 1 - i] = kept;
  }
}

__attribute__((export_name("fibonacci"))) u64 fibonacci(u32 n) {
  u64 a = 0, b = 1;
  while (n--) {
    u64 next = a + b;
    a = b;
    b = next;
  }
  return a;
}

__attribute__((export_name("count_down"))) void count_down(u32 n) {
  for (u32 i = n; i > 0; i--) report(i);
}

__attribute__((export_name("mandelbrot"))) u32 mandelbrot(double x, double y, u32 limit) {
  double a = 0, b = 0;
  u32 n = 0;
  while (a * a + b * b < 4 && n < limit) {
    double t = a * a - b * b + x;
    b = 2 * a * b + y;
    a = t;
    n++;
  }
  return n;
}

__attribute__((export_name("grow"))) u32 grow(u32 pages) {
  return __builtin_wasm_memory_grow(0, pages);
}
__attribute__((export_name("trap"))) void trap(void) {
  __builtin_trap();
}
