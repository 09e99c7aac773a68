import { Role } from '../../proto/gen/userflow/v1/people_pb.ts'

const roles: Readonly<Record<number, string>> = {
  [Role.UNSPECIFIED]: '',
  [Role.VIEWER]: 'Viewer',
  [Role.EDITOR]: 'Editor',
  [Role.ADMIN]: 'Admin',
}

/** The English name of a role. */
export const roleWords = (role: Role): string => roles[role] ?? ''

/** English words of signing in. */
export const words = {
  title: 'Sign in',
  note: 'The first start prints an address and a password.',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  busy: 'Signing in …',
  join: {
    title: (company: string) => `Join ${company}`,
    note: (email: string, role: string) => `${email} was invited as ${role.toLowerCase()}.`,
    name: 'Your name',
    newPassword: 'Choose a password',
    known: 'Your password',
    submit: 'Join',
    toSignIn: 'To the sign-in',
  },
  change: {
    title: 'Change password',
    must: 'This password was given to you. Choose one of your own.',
    old: 'Present password',
    fresh: 'New password',
    rule: 'At least 10 characters, and none of the common ones.',
    submit: 'Change',
    done: 'Changed. Every other sign-in of yours has ended.',
    later: 'Later',
  },
} as const
