// An 8-bit picture as a BMP file in the module's memory: 54 bytes of head, 1 KiB of colours, one
// byte a point.
#define WIDTH_MAX 1024
#define HEAD 54
#define COLOURS 1024

static unsigned char file[HEAD + COLOURS + WIDTH_MAX * WIDTH_MAX];

static void put(unsigned at, unsigned value) {
  for (int i = 0; i < 4; ++i) file[at + i] = (unsigned char)(value >> 8 * i);
}

// Computes `size` x `size` points around (x, y); returns the number of bytes. `size` is a multiple
// of 4.
__attribute__((export_name("render"))) int render(int size, double x, double y, double zoom,
                                                  int rounds) {
  if (size < 4 || size > WIDTH_MAX || size % 4 != 0) return 0;
  unsigned total = HEAD + COLOURS + (unsigned)(size * size);
  file[0] = 'B';
  file[1] = 'M';
  put(2, total);
  put(10, HEAD + COLOURS);
  put(14, 40);
  put(18, (unsigned)size);
  put(22, (unsigned)size);
  put(26, 1 | 8 << 16);
  put(34, (unsigned)(size * size));
  put(46, 256);
  for (unsigned i = 1; i < 256; ++i)
    put(HEAD + 4 * i, (i * 3 % 256) << 16 | (i * 5 % 256) << 8 | (i * 9 % 256));
  double step = 3.0 / zoom / size;
  for (int row = 0; row < size; ++row) {
    for (int column = 0; column < size; ++column) {
      double cr = x + (column - size / 2) * step, ci = y + (row - size / 2) * step, zr = 0, zi = 0;
      int n = 0;
      for (; n < rounds && zr * zr + zi * zi < 4; ++n) {
        double next = zr * zr - zi * zi + cr;
        zi = 2 * zr * zi + ci;
        zr = next;
      }
      file[HEAD + COLOURS + row * size + column] = (unsigned char)(n == rounds ? 0 : 1 + n % 255);
    }
  }
  return (int)total;
}

__attribute__((export_name("address"))) unsigned char* address(void) {
  return file;
}
