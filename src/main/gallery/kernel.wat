;; The gallery's inner loop: for every row of int8 codes, and for up to eight probes at once, the highest similarity that
;; the row can have. src/main/gallery/bounds.ts lays the memory out, says why the bound holds, and has this file assembled.
;;
;;     header   0 job (workers sleep on it) | 64 chunks left to take | 128 chunks done
;;            192 chunks | 196 rows | 200 bytes of codes per row | 204 bytes per chunk | 208 address of chunk 0
;;            212 probes | 216 bytes per probe
;;     probe    from 1024: step, length, slack (f32), 4 bytes unused, then its codes (i16)
;;     chunk    1,024 rows of codes (i8), 1,024 steps (f32), 1,024 errors (f32),
;;              then for each of eight probes 1,024 bounds (f32), then for each probe the greatest of them, four lanes of it
(module
  (import "env" "memory" (memory 1 65536 shared))

  ;; Four rows against one probe, 16 numbers at a time; then their four bounds:
  ;; (codes . codes) * row step * probe step + (probe length * row error + slack).
  (func $four (param $rows i32) (param $stride i32) (param $probe i32) (param $steps i32) (param $bounds i32) (result v128)
    (local $p i32) (local $end i32) (local $ahead i32) (local $r1 i32) (local $r2 i32) (local $r3 i32)
    (local $a0 v128) (local $a1 v128) (local $a2 v128) (local $a3 v128) (local $low v128) (local $high v128)
    (local.set $r1 (i32.add (local.get $rows) (local.get $stride)))
    (local.set $r2 (i32.add (local.get $r1) (local.get $stride)))
    (local.set $r3 (i32.add (local.get $r2) (local.get $stride)))
    (local.set $ahead (i32.add (local.get $r3) (local.get $stride)))
    (local.set $p (i32.add (local.get $probe) (i32.const 16)))
    (local.set $end (i32.add (local.get $p) (i32.shl (local.get $stride) (i32.const 1))))
    (loop $next
      ;; Touches a cache line of the next four rows: the processor's own prefetch loses the thread, and memory is what counts.
      (drop (i32.load8_u (local.get $ahead)))
      (local.set $ahead (i32.add (local.get $ahead) (i32.const 64)))
      (local.set $low (v128.load (local.get $p)))
      (local.set $high (v128.load offset=16 (local.get $p)))
      (local.set $a0 (i32x4.add (local.get $a0) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $rows)) (local.get $low))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $rows)) (local.get $high)))))
      (local.set $a1 (i32x4.add (local.get $a1) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $r1)) (local.get $low))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $r1)) (local.get $high)))))
      (local.set $a2 (i32x4.add (local.get $a2) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $r2)) (local.get $low))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $r2)) (local.get $high)))))
      (local.set $a3 (i32x4.add (local.get $a3) (i32x4.add
        (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $r3)) (local.get $low))
        (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $r3)) (local.get $high)))))
      (local.set $rows (i32.add (local.get $rows) (i32.const 16)))
      (local.set $r1 (i32.add (local.get $r1) (i32.const 16)))
      (local.set $r2 (i32.add (local.get $r2) (i32.const 16)))
      (local.set $r3 (i32.add (local.get $r3) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 32))) (local.get $end))))
    ;; Four sums of four lanes each become one vector with a lane for each row.
    (local.set $low (i32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a0) (local.get $a1))
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a0) (local.get $a1))))
    (local.set $high (i32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a2) (local.get $a3))
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a2) (local.get $a3))))
    (local.set $low (i32x4.add
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $low) (local.get $high))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $low) (local.get $high))))
    (local.set $low (f32x4.add
      (f32x4.mul
        (f32x4.mul (f32x4.convert_i32x4_s (local.get $low)) (v128.load (local.get $steps)))
        (v128.load32_splat (local.get $probe)))
      (f32x4.add
        (f32x4.mul (v128.load offset=4096 (local.get $steps)) (v128.load32_splat offset=4 (local.get $probe)))
        (v128.load32_splat offset=8 (local.get $probe)))))
    (v128.store (local.get $bounds) (local.get $low))
    (local.get $low))

  ;; The bounds of one chunk. Each four rows meet all probes while they are in the cache.
  (func $scan (export "scan") (param $chunk i32)
    (local $rows i32) (local $steps i32) (local $stride i32) (local $groups i32) (local $probes i32)
    (local $bounds i32) (local $greatest i32) (local $p i32) (local $probe i32)
    (local.set $stride (i32.load offset=200 (i32.const 0)))
    (local.set $probes (i32.load offset=212 (i32.const 0)))
    ;; Rows are taken four by four; what lies behind the last one is zeros.
    (local.set $groups (i32.shr_u
      (i32.sub (i32.load offset=196 (i32.const 0)) (i32.sub (i32.shl (local.get $chunk) (i32.const 10)) (i32.const 3)))
      (i32.const 2)))
    (if (i32.gt_u (local.get $groups) (i32.const 256)) (then (local.set $groups (i32.const 256))))
    (local.set $rows (i32.add
      (i32.load offset=208 (i32.const 0))
      (i32.mul (local.get $chunk) (i32.load offset=204 (i32.const 0)))))
    (local.set $steps (i32.add (local.get $rows) (i32.shl (local.get $stride) (i32.const 10))))
    (local.set $greatest (i32.add (local.get $steps) (i32.const 40960)))
    (loop $clear
      (v128.store
        (i32.add (local.get $greatest) (i32.shl (local.get $p) (i32.const 4)))
        (v128.const f32x4 -inf -inf -inf -inf))
      (br_if $clear
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 1))) (local.get $probes))))
    (loop $group
      (local.set $p (i32.const 0))
      (local.set $probe (i32.const 1024))
      (local.set $bounds (i32.add (local.get $steps) (i32.const 8192)))
      (loop $each
        (v128.store
          (i32.add (local.get $greatest) (i32.shl (local.get $p) (i32.const 4)))
          (f32x4.max
            (v128.load (i32.add (local.get $greatest) (i32.shl (local.get $p) (i32.const 4))))
            (call $four
              (local.get $rows) (local.get $stride) (local.get $probe) (local.get $steps) (local.get $bounds))))
        (local.set $probe (i32.add (local.get $probe) (i32.load offset=216 (i32.const 0))))
        (local.set $bounds (i32.add (local.get $bounds) (i32.const 4096)))
        (br_if $each
          (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 1))) (local.get $probes))))
      (local.set $rows (i32.add (local.get $rows) (i32.shl (local.get $stride) (i32.const 2))))
      (local.set $steps (i32.add (local.get $steps) (i32.const 16)))
      (br_if $group (local.tee $groups (i32.sub (local.get $groups) (i32.const 1))))))

  ;; Takes chunks until none is left. A thread that wakes late finds none, whatever the next job's header holds by then:
  ;; the header is complete before there are chunks to take, and stays as it is until all of them are done.
  (func $work (export "work")
    (local $chunk i32) (local $chunks i32)
    (loop $next
      (local.set $chunk (i32.sub (i32.atomic.rmw.sub (i32.const 64) (i32.const 1)) (i32.const 1)))
      (if (i32.ge_s (local.get $chunk) (i32.const 0))
        (then
          (local.set $chunks (i32.load offset=192 (i32.const 0)))
          (call $scan (local.get $chunk))
          (if (i32.eq
                (i32.add (i32.atomic.rmw.add (i32.const 128) (i32.const 1)) (i32.const 1))
                (local.get $chunks))
            (then (drop (memory.atomic.notify (i32.const 128) (i32.const 1)))))
          (br $next)))))

  ;; What a worker thread does for as long as it lives.
  (func (export "serve")
    (local $job i32)
    (loop $forever
      (local.set $job (i32.atomic.load (i32.const 0)))
      (call $work)
      (drop (memory.atomic.wait32 (i32.const 0) (local.get $job) (i64.const -1)))
      (br $forever))))
