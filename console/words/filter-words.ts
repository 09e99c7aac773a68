import type { ViewFilter } from '../view/filters.ts'
import { dimensionWords, operatorWords, valueWords } from './dimensions.ts'
import { words as shared } from './parts.ts'
import { words } from './shell.ts'

/** A condition in words: on what and how, such as "Country is", and with which values, such as "Germany or Austria". */
export function filterWords({ dimension, property, operator, values }: ViewFilter): { says: string; value: string } {
  return {
    says: `${property || dimensionWords(dimension)} ${operatorWords(operator)}`,
    value: values.map((value) => valueWords(dimension, value) || shared.none).join(words.filters.or),
  }
}
