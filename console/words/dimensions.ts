import { Dimension, FilterOperator } from '../../proto/gen/userflow/v1/question_pb.ts'

const dimensions: Readonly<Record<number, string>> = {
  [Dimension.UNSPECIFIED]: '',
  [Dimension.PAGE]: 'Page',
  [Dimension.ENTRY_PAGE]: 'Entry page',
  [Dimension.EXIT_PAGE]: 'Exit page',
  [Dimension.PAGE_TITLE]: 'Page title',
  [Dimension.REFERRER]: 'Referrer',
  [Dimension.CHANNEL]: 'Channel',
  [Dimension.UTM_SOURCE]: 'UTM source',
  [Dimension.UTM_MEDIUM]: 'UTM medium',
  [Dimension.UTM_CAMPAIGN]: 'UTM campaign',
  [Dimension.UTM_TERM]: 'UTM term',
  [Dimension.UTM_CONTENT]: 'UTM content',
  [Dimension.COUNTRY]: 'Country',
  [Dimension.REGION]: 'Region',
  [Dimension.CITY]: 'City',
  [Dimension.DEVICE]: 'Device',
  [Dimension.BROWSER]: 'Browser',
  [Dimension.OS]: 'Operating system',
  [Dimension.LANGUAGE]: 'Language',
  [Dimension.SCREEN]: 'Screen size',
  [Dimension.EVENT_TYPE]: 'Event type',
  [Dimension.EVENT_NAME]: 'Event name',
  [Dimension.USER]: 'Signed in',
  [Dimension.PROPERTY]: 'Property',
}

const operators: Readonly<Record<number, string>> = {
  [FilterOperator.UNSPECIFIED]: '',
  [FilterOperator.IS]: 'is',
  [FilterOperator.IS_NOT]: 'is not',
  [FilterOperator.CONTAINS]: 'contains',
  [FilterOperator.DOES_NOT_CONTAIN]: 'does not contain',
}

/** The English name of what can be filtered and counted by. */
export const dimensionWords = (dimension: Dimension): string => dimensions[dimension] ?? ''

/** The English name of how a filter compares. */
export const operatorWords = (operator: FilterOperator): string => operators[operator] ?? ''

const regions = new Intl.DisplayNames(['en'], { type: 'region' })
const channels: Readonly<Record<string, string>> = { email: 'E-mail', ai: 'AI assistants' }

/** A value as people read it: "DE" is Germany. What is not known stays as it came. */
export function valueWords(dimension: Dimension, value: string): string {
  if (dimension === Dimension.COUNTRY && /^[A-Z]{2}$/.test(value)) return regions.of(value) ?? value
  if (dimension === Dimension.CHANNEL) return channels[value] ?? sentence(value)
  if (dimension === Dimension.DEVICE || dimension === Dimension.EVENT_TYPE) return sentence(value)
  return value
}

const sentence = (text: string): string => (text.charAt(0).toUpperCase() + text.slice(1)).replaceAll('_', ' ')
