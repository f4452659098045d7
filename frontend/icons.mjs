// Draws the icons of the installed application from three shapes of our own: two circles and what they share.
// A phone wants PNG: these few lines write one, so that no picture has to be kept beside the source.
import { deflateSync } from "node:zlib";

const BRAND = [0x0b, 0x5d, 0x5e];
const SUN = [0xf2, 0xb1, 0x34];
const INK = [0x14, 0x28, 0x2b];
const PAPER = [0xfb, 0xfa, 0xf6];
// The logo on a square of 34: both circles have a radius of 9.5.
const SIDE = 34;
const CIRCLES = [[10, 17], [24, 17]];
const RADIUS = 9.5;
const SAMPLES = 4;

// The colour of a point of the logo, or none outside of it.
function colourAt(x, y) {
  const [left, right] = CIRCLES.map(([cx, cy]) => (x - cx) ** 2 + (y - cy) ** 2 <= RADIUS ** 2);
  return left && right ? INK : left ? BRAND : right ? SUN : null;
}

/**
 * A square icon as PNG bytes. `room` is the share of the side that the logo takes: a maskable icon is cut to any shape
 * by the phone, which promises to keep the middle 80 %.
 */
export function icon(size, room) {
  const rows = Buffer.alloc(size * (size * 3 + 1));
  const scale = SIDE / (size * room);
  const shift = (size - size * room) / 2;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const sum = [0, 0, 0];
      for (let s = 0; s < SAMPLES * SAMPLES; s += 1) {
        const px = (x + ((s % SAMPLES) + 0.5) / SAMPLES - shift) * scale;
        const py = (y + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES - shift) * scale;
        (colourAt(px, py) ?? PAPER).forEach((value, i) => (sum[i] += value));
      }
      const at = y * (size * 3 + 1) + 1 + x * 3;
      sum.forEach((value, i) => (rows[at + i] = Math.round(value / SAMPLES ** 2)));
    }
  }
  return png(size, rows);
}

function png(size, rows) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 2, 0, 0, 0], 8); // eight bits, red green blue, no interlace
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "ascii"), data]);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32BE(data.length, 0);
  sizes.writeUInt32BE(crc(body), 4);
  return Buffer.concat([sizes.subarray(0, 4), body, sizes.subarray(4)]);
}

// CRC-32 as PNG asks for it.
function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}
