import type { ViewFilter } from '../view/filters.ts'
import { dimensionWords, operatorWords, valueWords } from './dimensions.ts'
import { words as shared } from './parts.ts'
import { words } from './shell.ts'

/** A condition as a person reads it: "Page is /pricing". */
export function conditionWords({ dimension, property, operator, values }: ViewFilter): string {
  const shown = values.map((value) => valueWords(dimension, value) || shared.none).join(words.filters.or)
  return `${property || dimensionWords(dimension)} ${operatorWords(operator)} ${shown}`
}
