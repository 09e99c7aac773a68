/** English words of made-up traffic. */
export const words = {
  title: 'Demo data',
  note: 'Fills a site of its own, "Demo shop", with 30 days of made-up visitors up to now, so that every screen has something to show. Other sites stay as they are; figures of all sites together count it too.',
  fill: 'Fill the demo shop',
  again: 'Fill it again',
  againNote: 'What is there already is not added twice.',
  filling: (share: string, events: string) => `${share} sent, ${events} events so far`,
  filled: (events: string) => `Filled with ${events} events.`,
  failed: 'It ended before its end. Fill it again: what is there already is not added twice.',
  there: 'The demo shop is there.',
  open: 'Look at the demo shop',
  progress: 'How much is filled',
  elsewhere: 'This gateway makes no traffic itself. On a machine that reaches it, run:',
} as const
