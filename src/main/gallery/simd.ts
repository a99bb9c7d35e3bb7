/**
 * The gallery's inner loop in WebAssembly SIMD: V8 does not vectorise JavaScript, and 51 million multiply-adds a search
 * are what a kiosk with 100,000 people spends its time on. The module is so small that it is assembled here, opcode by
 * opcode (WebAssembly core specification 2.0, section 5), instead of bringing a tool chain into the house.
 *
 *     dots(probe, rows, count, rowBytes, out):
 *       for each of `count` rows:  out[row] = sum over i of probe[i] * row[i]       (float32, byte addresses)
 *
 * Four rows go at once, so that each piece of the probe is loaded once for four; rowBytes must be a multiple of 32.
 */

/** What `dots` is called with: byte addresses into the memory. */
type Dots = (probe: number, rows: number, count: number, rowBytes: number, out: number) => void;

export interface SimdKernel {
  readonly memory: WebAssembly.Memory;
  readonly dots: Dots;
}

/** WebAssembly's page. */
export const PAGE = 65_536;
/** rowBytes must be a multiple of this. */
export const ROW_STEP = 32;
/** 4 GiB, the most that 32-bit addresses reach: two million templates of 512. */
const MAX_PAGES = 65_536;

/** The kernel with a memory of its own, or null where there is no WebAssembly SIMD. */
export function simdKernel(pages: number): SimdKernel | null {
  try {
    const bytes = moduleBytes();
    if (!WebAssembly.validate(bytes)) return null;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    return { memory, dots: exports['dots'] as Dots };
  } catch {
    return null;
  }
}

const I32 = 0x7f;
const V128 = 0x7b;

/** Unsigned and signed LEB128. */
function leb(value: number): number[] {
  const out: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    out.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return out;
}
function sleb(value: number): number[] {
  const out: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    const done = (value === 0 && (low & 0x40) === 0) || (value === -1 && (low & 0x40) !== 0);
    out.push(done ? low : low | 0x80);
    if (done) return out;
  }
}
const text = (s: string): number[] => [...leb(s.length), ...new TextEncoder().encode(s)];
const section = (id: number, body: number[]): number[] => [id, ...leb(body.length), ...body];

const get = (local: number): number[] => [0x20, ...leb(local)];
const set = (local: number): number[] => [0x21, ...leb(local)];
const i32 = (value: number): number[] => [0x41, ...sleb(value)];
const ADD = 0x6a;
const SUB = 0x6b;
const GREATER_OR_EQUAL_U = 0x4f;
const LESS_U = 0x49;
const BLOCK = [0x02, 0x40];
const LOOP = [0x03, 0x40];
const END = 0x0b;
const branchIf = (depth: number): number[] => [0x0d, ...leb(depth)];
const simd = (op: number): number[] => [0xfd, ...leb(op)];
/** v128.load at the address on the stack plus `offset`. */
const load = (offset: number): number[] => [...simd(0x00), 4, ...leb(offset)];
const ZERO = [...simd(0x0c), ...new Array<number>(16).fill(0)];
const VADD = simd(0xe4);
const VMUL = simd(0xe6);
const lane = (n: number): number[] => [...simd(0x1f), n];
const F32_ADD = 0x92;
const f32Store = [0x38, 2, 0];

// Locals: the parameters first.
const PROBE = 0;
const ROWS = 1;
const COUNT = 2;
const ROW_BYTES = 3;
const OUT = 4;
const P = 5; // where in the probe
const STOP = 6; // the probe's end
const ROW = [7, 8, 9, 10]; // where in each of four rows
const ACC = [11, 12, 13, 14, 15, 16, 17, 18]; // two sums per row: the additions of one need not wait for the other's

/** One pass over `lanes` rows at a time (4, then 1 for the rest). */
function pass(lanes: number): number[] {
  const rows = ROW.slice(0, lanes);
  const accs = (r: number): [number, number] => [ACC[2 * r], ACC[2 * r + 1]];
  const start = rows.flatMap((row, r) => [
    ...(r === 0 ? get(ROWS) : [...get(rows[r - 1]), ...get(ROW_BYTES), ADD]),
    ...set(row),
    ...ZERO,
    ...set(accs(r)[0]),
    ...ZERO,
    ...set(accs(r)[1]),
  ]);
  const step = rows.flatMap((row, r) =>
    [0, 1].flatMap((half) => [
      ...get(accs(r)[half]),
      ...get(P),
      ...load(16 * half),
      ...get(row),
      ...load(16 * half),
      ...VMUL,
      ...VADD,
      ...set(accs(r)[half]),
    ]),
  );
  const advance = [P, ...rows].flatMap((local) => [...get(local), ...i32(ROW_STEP), ADD, ...set(local)]);
  const finish = rows.flatMap((_, r) => {
    const [a, b] = accs(r);
    const sum = [0, 1, 2, 3].flatMap((n) => [...get(a), ...lane(n), ...(n === 0 ? [] : [F32_ADD])]);
    return [...get(a), ...get(b), ...VADD, ...set(a), ...get(OUT), ...i32(4 * r), ADD, ...sum, ...f32Store];
  });
  return [
    ...BLOCK,
    ...LOOP,
    ...[...get(COUNT), ...i32(lanes), LESS_U, ...branchIf(1)],
    ...[...get(PROBE), ...set(P)],
    ...start,
    ...LOOP,
    ...step,
    ...advance,
    ...[...get(P), ...get(STOP), LESS_U, ...branchIf(0)],
    END,
    ...finish,
    // The last row's place is where the next row begins.
    ...[...get(rows[lanes - 1]), ...set(ROWS)],
    ...[...get(OUT), ...i32(4 * lanes), ADD, ...set(OUT)],
    ...[...get(COUNT), ...i32(lanes), SUB, ...set(COUNT)],
    ...[...get(COUNT), ...i32(lanes), GREATER_OR_EQUAL_U, ...branchIf(0)],
    END,
    END,
  ];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const code = [...get(PROBE), ...get(ROW_BYTES), ADD, ...set(STOP), ...pass(4), ...pass(1), END];
  const locals = [...leb(2), ...leb(6), I32, ...leb(8), V128];
  const body = [...locals, ...code];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...text('env'), ...text('memory'), 0x02, 0x01, ...leb(1), ...leb(MAX_PAGES)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text('dots'), 0x00, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}
