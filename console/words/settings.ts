/** English words of a person's own settings. */
export const words = {
  title: 'Settings',
  note: 'What is yours. Sites, keys and members have screens of their own.',
  person: { title: 'You', name: 'Name', email: 'E-mail', company: 'Company', role: 'Role' },
  look: {
    title: 'Look',
    theme: 'Theme',
    note: 'Kept in this browser. "System" follows the machine.',
  },
  zone: {
    title: 'Time zone',
    note: 'Days are those of the site that is looked at; of all sites together, of the zone that most of them have, unless another is chosen beside the period. It is a setting of the site.',
    browser: 'This browser',
    sites: 'Sites and keys',
  },
  password: {
    title: 'Password',
    note: 'A new one ends every other sign-in of yours.',
    change: 'Change password',
  },
  everywhere: {
    title: 'Sign-ins',
    note: 'Every browser you are signed in with asks for the password again, this one too.',
    sign: 'Sign out everywhere',
    sure: 'Sign out everywhere?',
    cancel: 'Cancel',
  },
} as const
