import { People } from '../../proto/gen/userflow/v1/question_pb.ts'
import { SegmentService } from '../../proto/gen/userflow/v1/segments_pb.ts'
import { type Options, wholeNumber } from './options.ts'
import { type Asking, peopleOf, question, rows } from './request.ts'

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
}
