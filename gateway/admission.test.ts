import { expect, test } from 'vitest'
import { Registry } from '../runtime/metrics.ts'
import { type Admission, createAdmission } from './admission.ts'

const admission = (): Admission => createAdmission({ budgetBytes: 1_000, registry: new Registry() })
const held = (answer: ReturnType<Admission['admit']>): { release(): void } => {
  if (typeof answer === 'string') throw new Error(answer)
  return answer
}

test('a company alone may use all but the reserve', () => {
  const gate = admission()
  held(gate.admit(1, 900))
  expect(gate.admit(1, 1)).toBe('full')
})

test('above 70 % a company over its fair share is shed, and another still comes in', () => {
  const gate = admission()
  held(gate.admit(1, 650))
  held(gate.admit(2, 10))
  expect(gate.admit(1, 100)).toBe('shed')
  held(gate.admit(2, 100))
})

test('up to 70 % nobody is shed', () => {
  const gate = admission()
  held(gate.admit(2, 10))
  held(gate.admit(1, 690))
})

test('above 90 % everybody is refused', () => {
  const gate = admission()
  held(gate.admit(1, 440))
  held(gate.admit(2, 440))
  expect(gate.admit(3, 21)).toBe('full')
  held(gate.admit(3, 20))
})

test('what is released may be taken again, and releasing twice frees once', () => {
  const gate = admission()
  const first = held(gate.admit(1, 500))
  const second = held(gate.admit(1, 400))
  first.release()
  first.release()
  held(gate.admit(1, 500))
  expect(gate.admit(1, 1)).toBe('full')
  second.release()
  held(gate.admit(1, 400))
})

test('a company with nothing under way does not count among those who share', () => {
  const gate = admission()
  for (let company = 2; company < 50; company++) held(gate.admit(company, 10)).release()
  held(gate.admit(1, 850))
})
