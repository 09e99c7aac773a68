import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyCategory } from '../../../proto/gen/userflow/v1/event_pb.ts'
import { isLasting } from './elements.ts'
import { kindOf } from './keys.ts'

test('every key has a kind of the contract, and no kind tells a character', () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom('Enter', 'Tab', 'ArrowLeft', 'F5', 'constructor', '__proto__', 'é', '😀'),
  )
  fc.assert(
    fc.property(key, fc.boolean(), (one, ctrlKey) => {
      expect(Object.keys(KeyCategory)).toContain(`${kindOf({ key: one, ctrlKey })}`)
    }),
  )
  const kinds = ['a', '😀', ' ', 'Enter', 'Delete', 'PageUp', 'ArrowUp', 'Escape', 'F5', ''].map((one) =>
    kindOf({ key: one }),
  )
  expect(kinds).toEqual([
    ...[
      'CHARACTER',
      'CHARACTER',
      'CHARACTER',
      'ENTER',
      'DELETE',
      'NAVIGATION',
      'NAVIGATION',
      'ESCAPE',
      'OTHER',
      'OTHER',
    ],
  ])
  expect(kindOf({ key: 's', metaKey: true })).toBe('SHORTCUT')
})

test('a selector is made of names that people chose, in time that does not grow with a hostile name', () => {
  for (const name of ['nav', 'btn-primary', 'h2-title', 'menu_item', 'card__title', 'colA'])
    expect([name, isLasting(name)]).toEqual([name, true])
  for (const name of [
    '',
    '4711',
    'css-1x9ab',
    'ember1234',
    ':r1:',
    'Button_primary__x7Ya3',
    'md:flex',
    'a b',
    'x'.repeat(40),
  ]) {
    expect([name, isLasting(name)]).toEqual([name, false])
  }
  expect(isLasting(`${'a-1'.repeat(13)}!`)).toBe(false)
  expect(isLasting(`${'_a'.repeat(500_000)}!`)).toBe(false)
})
