import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import { roleWords } from '../../words/sign-in.ts'

/** The roles there are to choose from, the least first. */
export const roleOptions = [Role.VIEWER, Role.EDITOR, Role.ADMIN].map((role) => ({
  value: String(role),
  name: roleWords(role),
}))
