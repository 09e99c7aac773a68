import { Interval, People } from '../../proto/gen/userflow/v1/question_pb.ts'
import { SegmentService } from '../../proto/gen/userflow/v1/segments_pb.ts'
import { UserOrder, UserService } from '../../proto/gen/userflow/v1/users_pb.ts'
import { type Options, wholeNumber } from './options.ts'
import { readFilter } from './read-filter.ts'
import { type Asking, intervals, oneOf, peopleOf, question, rows } from './request.ts'

const { method } = UserService
const people = (options: Options) => ({ people: peopleOf(options) ?? People.UNSPECIFIED })

/** The NAMEs of questions about people. */
export const peopleQuestions: Readonly<Record<string, Asking>> = {
  segment_members: {
    method: SegmentService.method.segmentMembers,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      ...people(options),
      ...rows(options),
      offset: wholeNumber('offset', options.offset),
    }),
    metrics: ['segment_members'],
  },
  users: {
    method: method.listUsers,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      ...people(options),
      search: options.search ?? '',
      order:
        oneOf('order', options.order, {
          'last-seen': UserOrder.LAST_SEEN,
          'first-seen': UserOrder.FIRST_SEEN,
          sessions: UserOrder.SESSIONS,
          events: UserOrder.EVENTS,
        }) ?? UserOrder.LAST_SEEN,
      ...rows(options),
      offset: wholeNumber('offset', options.offset),
    }),
    metrics: ['users'],
  },
  user_timeline: {
    method: method.listUserEvents,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      ...people(options),
      personId: options.user ?? 'nobody',
      ...rows(options),
      after: options.after ?? '',
    }),
    metrics: ['user_timeline', 'sessions_by_id'],
  },
  adoption: {
    method: method.adoption,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      ...people(options),
      feature: [readFilter(`event_name is ${options.event ?? 'signup'}`)],
      interval: oneOf('interval', options.interval, intervals) ?? Interval.WEEK,
    }),
    metrics: ['adoption', 'adoption_of_ways'],
  },
  forms: {
    method: method.forms,
    request: (options, nowMs) => ({
      question: question(options, nowMs),
      ...rows(options),
      offset: wholeNumber('offset', options.offset),
    }),
    metrics: ['forms', 'forms_from_events'],
  },
  stickiness: {
    method: method.stickiness,
    request: (options, nowMs) => ({ question: question(options, nowMs), ...people(options) }),
    metrics: ['stickiness', 'stickiness_of_days', 'stickiness_from_events'],
  },
}
