/** English words of the live screen. */
export const words = {
  title: 'Live',
  note: 'What happens now. Asked for anew every 1.5 seconds while this page is in front.',
  visitors: 'Visitors in the last five minutes',
  rate: 'Events a second, over the last minute',
  feed: 'Latest events',
  waiting: 'No event yet',
  waitingNote: 'Events show here within two seconds of their arrival.',
  pause: 'Pause',
  go: 'Go on',
} as const
