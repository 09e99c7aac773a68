import { expect, test } from 'vitest'
import { coursesOf, growing } from './courses.ts'
import { readFigures, type Sample } from './look.ts'

/** A life looked at every five seconds for four minutes. */
const life = (holder: string, pid: number, descriptors: (nth: number) => number, fromMs = 0): Sample[] =>
  Array.from({ length: 48 }, (_, nth) => ({
    atMs: fromMs + nth * 5_000,
    holder,
    pid,
    values: { descriptors: descriptors(nth) },
  }))
const flat = [...life('gateway-1', 1, () => 30), ...life('worker-1', 2, () => 40)]

test('what stays as it was after its first quarter is flat', () => {
  const warm = life('worker-1', 3, (nth) => (nth < 12 ? nth : 40))
  expect(growing(coursesOf([...flat, ...warm], []))).toEqual([])
})

test('one descriptor more each look is named, with its process', () => {
  const found = growing(coursesOf([...flat, ...life('worker-2', 7, (nth) => 40 + nth)], []))
  expect(found).toEqual([
    { invariant: 'I9', message: expect.stringMatching(/descriptors of worker-2 \(process 7\) grew from 5\d to 8\d/) },
  ])
})

test('each life is measured from its own start: a process that is replaced by a larger one does not grow', () => {
  const replaced = [...life('worker-2', 7, () => 20), ...life('worker-2', 8, () => 60, 240_000)]
  expect(growing(coursesOf([...flat, ...replaced], []))).toEqual([])
})

test('a fault and the moments after it do not count', () => {
  const samples = [...flat, ...life('worker-2', 7, (nth) => (nth >= 36 && nth < 44 ? 400 : 40))]
  expect(growing(coursesOf(samples, [{ fromMs: 180_000, toMs: 205_000 }]))).toEqual([])
  expect(growing(coursesOf(samples, []))).toHaveLength(1)
})

test('a soak without a life that was long enough is no proof', () => {
  const short = flat.filter(({ atMs }) => atMs < 50_000)
  expect(growing(coursesOf(short, [])).map(({ message }) => message)).toEqual([
    'no gateway lived long enough to be judged',
    'no worker lived long enough to be judged',
  ])
})

test('heap, timers, resources and the delay of the loop are read from a page of figures', () => {
  const page = `# TYPE nodejs_active_resources gauge
nodejs_active_resources{type="TCPSocketWrap"} 3
nodejs_active_resources{type="Timeout"} 7
nodejs_active_resources_total 11
nodejs_heap_size_used_bytes 33554432
nodejs_eventloop_lag_p99_seconds 0.0125`
  expect(readFigures(page)).toEqual({ 'heap MB': 32, timers: 7, 'active resources': 11, 'loop delay p99 ms': 12.5 })
})
