import {
  clone,
  type DescField,
  type DescMessage,
  type DescMethod,
  type Message,
  type MessageInitShape,
} from '@bufbuild/protobuf'
import { type ReflectMessage, reflect } from '@bufbuild/protobuf/reflect'
import {
  AnswerMetaSchema,
  Dimension,
  DimensionSchema,
  type Question,
  QuestionSchema,
} from '../../proto/gen/userflow/v1/question_pb.ts'
import { invalid, RequestError } from '../errors.ts'
import type { Lock } from './lock.ts'

/** Where a request says which events it asks about: in a message Question, or in fields of its own with the same names. */
type Bounds = 'question' | 'own fields' | 'nothing'

const bounding = ['site_ids', 'filters', 'segment', 'segment_id'] as const

/** Whether a lock can bound questions of this form, or there is nothing to bound. */
export function boundsOf({ fields }: DescMessage): Bounds | undefined {
  if (fields.length === 0) return 'nothing'
  if (fields.some((field) => field.name === 'question' && field.message?.typeName === QuestionSchema.typeName)) {
    return 'question'
  }
  const names = new Set(fields.map(({ name }) => name))
  return bounding.every((name) => names.has(name)) ? 'own fields' : undefined
}

/**
 * A copy of the request that asks for nothing but what the lock lets through.
 * @throws RequestError LINK_NOT_ALLOWED for plans and properties; UNKNOWN_ID for a site or segment that is not the link's;
 * PARAMETER_INVALID for a segment besides
 */
export function withinLock(desc: DescMessage, request: Message, lock: Lock): Message {
  const bounds = boundsOf(desc)
  if (bounds === undefined) throw new RequestError('LINK_NOT_ALLOWED')
  if (bounds === 'nothing') return request
  if (asksProperty(reflect(desc, request))) {
    throw new RequestError(
      'LINK_NOT_ALLOWED',
      'Properties of events may name people, so a link does not ask about them',
    )
  }
  const copy = clone(desc, request)
  const question = bounds === 'question' ? (copy as Message & { question?: Question }).question : (copy as Question)
  // Without a question the method itself says what is missing.
  if (question) bind(question, lock)
  return copy
}

function bind(question: Question, lock: Lock): void {
  if (question.explain) throw new RequestError('LINK_NOT_ALLOWED', 'A link does not show plans')
  if (question.siteIds.some((id) => !lock.siteIds.has(id))) throw new RequestError('UNKNOWN_ID')
  if (question.segment) throw invalid('segment', 'cannot be asked with a link: leave it out')
  if (question.segmentId !== '' && question.segmentId.toLowerCase() !== lock.segmentId) {
    throw new RequestError('UNKNOWN_ID')
  }
  if (lock.oneSite) question.siteIds = [...lock.siteIds]
  question.filters = [...lock.filters, ...question.filters]
  question.segmentId = lock.segmentId
}

/** Whether anything in the request is about a property, at any depth. */
function asksProperty(message: ReflectMessage): boolean {
  return message.fields.some((field) => message.isSet(field) && valuesOf(message, field).some(isProperty(field)))
}

function valuesOf(message: ReflectMessage, field: DescField): readonly unknown[] {
  if (field.fieldKind === 'list') return [...message.get(field)]
  return [message.get(field)]
}

const isProperty =
  (field: DescField) =>
  (value: unknown): boolean => {
    if (field.enum) return field.enum.typeName === DimensionSchema.typeName && value === Dimension.PROPERTY
    if (!field.message || field.message.file.name.startsWith('google/')) return false
    return asksProperty(value as ReflectMessage)
  }

type Answer = MessageInitShape<DescMethod['output']>

/** An answer without its statements, which tell by what the link is locked. */
export function withoutSql({ fields }: DescMessage, answer: Answer): Answer {
  const told = answer as Readonly<Record<string, Answer | undefined>>
  const shown = fields.flatMap(({ fieldKind, message, localName }) => {
    const value = told[localName]
    if (fieldKind !== 'message' || !message || !value || message.file.name.startsWith('google/')) return []
    const isMeta = message.typeName === AnswerMetaSchema.typeName
    return [[localName, isMeta ? { ...value, sql: '', plan: '', parameters: undefined } : withoutSql(message, value)]]
  })
  return { ...told, ...Object.fromEntries(shown) } as Answer
}
