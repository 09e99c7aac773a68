import { create } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AnnotationSchema } from '../../proto/gen/userflow/v1/annotations_pb.ts'
import { marksOf, momentOfNote, placeNotes } from './place-notes.ts'

const noteAt = (ms: number, text = '') => create(AnnotationSchema, { at: timestampFromMs(ms), text })

test('a note lies in the last interval that has begun by then, and those of one interval have one number', () => {
  const [early, onTheDot, between, late] = [noteAt(5, 'a'), noteAt(20, 'b'), noteAt(39, 'c'), noteAt(500, 'd')]
  const placed = placeNotes([late, between, onTheDot, early], [10, 20, 30, 40])
  expect(placed.map(({ note, at, number }) => [note.text, at, number])).toEqual([
    ['b', 1, 1],
    ['c', 2, 2],
    ['d', 3, 3],
  ])
  expect(marksOf(placeNotes([noteAt(12, 'x'), noteAt(11, 'y'), noteAt(21, 'z')], [10, 20]))).toEqual([
    { at: 0, number: 1, texts: ['y', 'x'] },
    { at: 1, number: 2, texts: ['z'] },
  ])
})

test('whatever notes and intervals there are, each mark is that of its notes, and the numbers count the marks', () => {
  const moments = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 12 })
  fc.assert(
    fc.property(moments, moments, (notes, starts) => {
      const startsMs = [...new Set(starts)].sort((a, b) => a - b)
      const placed = placeNotes(
        notes.map((ms) => noteAt(ms)),
        startsMs,
      )
      expect(placed).toHaveLength(notes.filter((ms) => startsMs.some((startMs) => startMs <= ms)).length)
      for (const { note, at } of placed) {
        expect(startsMs[at]).toBeLessThanOrEqual(momentOfNote(note))
        expect(startsMs[at + 1] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(momentOfNote(note))
      }
      const marks = marksOf(placed)
      expect(marks.map(({ number }) => number)).toEqual(marks.map((_, place) => place + 1))
      expect(new Set(marks.map(({ at }) => at)).size).toBe(marks.length)
    }),
    { numRuns: 60 },
  )
})
